// Every page of the settings, in the order of their menu. The menu, the search in it and the palette
// are drawn from this list; a page's script comes when it is first gone to.
import type { Component } from "svelte";
import { at } from "../desk/route.svelte.ts";
import { t } from "../locale/say.ts";

/** What the pages are grouped by, and how each group is called. */
export const GROUP_WORDS = {
  You: t("You"),
  Workspace: t("Workspace"),
  Channels: t("Channels"),
  Inbox: t("Inbox"),
  Integrations: t("Integrations"),
  Developers: t("Developers"),
};
export type Group = keyof typeof GROUP_WORDS;

export interface SettingsPage {
  /** What follows /app/settings/. */
  path: string;
  title: string;
  /** What it is called among the tabs of its group. */
  tab?: string;
  icon: string;
  group: Group;
  /** What else people call it when they look for it. */
  words: string;
  load(): Promise<{ default: Component }>;
}

const catalogue = () => import("./Catalogue.svelte");

export const SETTINGS: readonly SettingsPage[] = [
  {
    path: "general",
    title: t("General"),
    icon: "home",
    group: "Workspace",
    words: t("region timezone routing close reopen duplicates zapier recipients"),
    load: () => import("./General.svelte"),
  },
  {
    path: "team",
    title: t("Team"),
    icon: "people",
    group: "Workspace",
    words: t("operators agents users roles invite availability admin"),
    load: () => import("./Team.svelte"),
  },
  {
    path: "mail",
    title: t("Mail"),
    icon: "mail",
    group: "Workspace",
    words: "smtp e-mail outbox test sending",
    load: () => import("./Mail.svelte"),
  },
  {
    path: "audit",
    title: t("Audit log"),
    icon: "shield",
    group: "Workspace",
    words: t("security who did what logins history"),
    load: () => import("./Audit.svelte"),
  },
  {
    path: "appearance",
    title: t("Appearance"),
    icon: "moon",
    group: "You",
    words: t("theme dark light contrast density compact language"),
    load: () => import("./Appearance.svelte"),
  },
  {
    path: "writing",
    title: t("Writing"),
    icon: "pen",
    group: "You",
    words: t("undo send seconds take back"),
    load: () => import("./Writing.svelte"),
  },
  {
    path: "keyboard",
    title: t("Keyboard"),
    icon: "key",
    group: "You",
    words: t("shortcuts keys hotkeys bindings remap"),
    load: () => import("./Keyboard.svelte"),
  },
  {
    path: "notifications",
    title: t("Notifications"),
    icon: "bell",
    group: "You",
    words: t("sound quiet hours badge alerts volume"),
    load: () => import("./Notifications.svelte"),
  },
  {
    path: "sites",
    title: t("Sites"),
    icon: "globe",
    group: "Channels",
    words: t("widget chat snippet colour theme origins identity website"),
    load: () => import("./Sites.svelte"),
  },
  {
    path: "lines",
    title: t("Lines"),
    icon: "phone",
    group: "Channels",
    words: t("numbers phone sms whatsapp voice campaign"),
    load: catalogue,
  },
  {
    path: "macros",
    title: t("Macros"),
    icon: "rule",
    group: "Inbox",
    words: t("canned replies templates answers snippets shortcuts variables"),
    load: () => import("./Macros.svelte"),
  },
  {
    path: "ring-groups",
    title: t("Ring groups"),
    icon: "bell",
    group: "Inbox",
    words: t("distribution members queue round robin"),
    load: catalogue,
  },
  {
    path: "attributes",
    title: t("Attributes"),
    icon: "file",
    group: "Inbox",
    words: t("custom fields contact properties choices"),
    load: catalogue,
  },
  {
    path: "tags",
    title: t("Tags"),
    icon: "tag",
    group: "Inbox",
    words: t("labels colours"),
    load: catalogue,
  },
  {
    path: "dispositions",
    title: t("Dispositions"),
    icon: "rule",
    group: "Inbox",
    words: t("outcome status call contact"),
    load: catalogue,
  },
  {
    path: "lists",
    title: t("Lists"),
    icon: "sort",
    group: "Inbox",
    words: t("segments power dialer"),
    load: catalogue,
  },
  {
    path: "sequences",
    title: t("Sequences"),
    icon: "flow",
    group: "Inbox",
    words: t("enrol campaign follow up"),
    load: catalogue,
  },
  {
    path: "integrations/lead-api",
    title: t("Lead API"),
    icon: "spark",
    group: "Integrations",
    words: "intake forms webhook save-lead api_token aloware ora capture",
    load: () => import("./LeadApi.svelte"),
  },
  {
    path: "developers/api-keys",
    title: t("API Keys"),
    icon: "key",
    group: "Developers",
    words: t("token secret sk_live scope level read write admin"),
    load: () => import("./ApiKeys.svelte"),
  },
  {
    path: "developers/webhooks",
    title: t("Webhooks"),
    icon: "code",
    group: "Developers",
    words: t("endpoint url events secret signature whsec"),
    load: () => import("./Webhooks.svelte"),
  },
  {
    path: "developers/webhooks/logs",
    title: t("Webhooks → Logs"),
    tab: t("Logs"),
    icon: "file",
    group: "Developers",
    words: t("deliveries attempts retry resend signature debugger"),
    load: () => import("./Logs.svelte"),
  },
  {
    path: "developers/request-log",
    title: t("Request log"),
    icon: "clock",
    group: "Developers",
    words: t("api calls requests status errors history"),
    load: () => import("./Requests.svelte"),
  },
  {
    path: "developers/apps",
    title: t("OAuth apps"),
    icon: "panel",
    group: "Developers",
    words: t("client id secret redirect uri scopes grants consent"),
    load: () => import("./Apps.svelte"),
  },
];

export const GROUPS = [...new Set(SETTINGS.map(({ group }) => group))];

export function hrefOf({ path }: Pick<SettingsPage, "path">, ...more: string[]): string {
  return at("settings", path, ...more);
}

/** The page that an address names: the one whose path begins it, the longest if there are several. */
export function pageOf(rest: string[]): SettingsPage | undefined {
  const path = rest.join("/");
  const begins = (page: SettingsPage) => path === page.path || path.startsWith(`${page.path}/`);
  return SETTINGS.filter(begins).sort((a, b) => b.path.length - a.path.length)[0];
}
