// Every page of the settings, in the order of their menu. The menu, the search in it and the palette
// are drawn from this list; a page's script comes when it is first gone to.
import type { Component } from "svelte";
import { at } from "../desk/route.svelte.ts";

export interface SettingsPage {
  /** What follows /app/settings/. */
  path: string;
  title: string;
  /** What it is called among the tabs of its group. */
  tab?: string;
  icon: string;
  group: "Workspace" | "Channels" | "Inbox" | "Integrations" | "Developers";
  /** What else people call it when they look for it. */
  words: string;
  load(): Promise<{ default: Component }>;
}

const catalogue = () => import("./Catalogue.svelte");

export const SETTINGS: readonly SettingsPage[] = [
  {
    path: "general",
    title: "General",
    icon: "home",
    group: "Workspace",
    words: "region timezone routing close reopen duplicates zapier recipients",
    load: () => import("./General.svelte"),
  },
  {
    path: "team",
    title: "Team",
    icon: "people",
    group: "Workspace",
    words: "operators agents users roles invite availability admin",
    load: () => import("./Team.svelte"),
  },
  {
    path: "audit",
    title: "Audit log",
    icon: "shield",
    group: "Workspace",
    words: "security who did what logins history",
    load: () => import("./Audit.svelte"),
  },
  {
    path: "sites",
    title: "Sites",
    icon: "globe",
    group: "Channels",
    words: "widget chat snippet colour theme origins identity website",
    load: () => import("./Sites.svelte"),
  },
  {
    path: "lines",
    title: "Lines",
    icon: "phone",
    group: "Channels",
    words: "numbers phone sms whatsapp voice campaign",
    load: catalogue,
  },
  {
    path: "macros",
    title: "Macros",
    icon: "rule",
    group: "Inbox",
    words: "canned replies templates answers snippets shortcuts variables",
    load: () => import("./Macros.svelte"),
  },
  {
    path: "ring-groups",
    title: "Ring groups",
    icon: "bell",
    group: "Inbox",
    words: "distribution members queue round robin",
    load: catalogue,
  },
  {
    path: "tags",
    title: "Tags",
    icon: "tag",
    group: "Inbox",
    words: "labels colours",
    load: catalogue,
  },
  {
    path: "dispositions",
    title: "Dispositions",
    icon: "rule",
    group: "Inbox",
    words: "outcome status call contact",
    load: catalogue,
  },
  {
    path: "lists",
    title: "Lists",
    icon: "sort",
    group: "Inbox",
    words: "segments power dialer",
    load: catalogue,
  },
  {
    path: "sequences",
    title: "Sequences",
    icon: "flow",
    group: "Inbox",
    words: "enrol campaign follow up",
    load: catalogue,
  },
  {
    path: "integrations/lead-api",
    title: "Lead API",
    icon: "spark",
    group: "Integrations",
    words: "intake forms webhook save-lead api_token aloware ora capture",
    load: () => import("./LeadApi.svelte"),
  },
  {
    path: "developers/api-keys",
    title: "API Keys",
    icon: "key",
    group: "Developers",
    words: "token secret sk_live scope level read write admin",
    load: () => import("./ApiKeys.svelte"),
  },
  {
    path: "developers/webhooks",
    title: "Webhooks",
    icon: "code",
    group: "Developers",
    words: "endpoint url events secret signature whsec",
    load: () => import("./Webhooks.svelte"),
  },
  {
    path: "developers/webhooks/logs",
    title: "Webhooks → Logs",
    tab: "Logs",
    icon: "file",
    group: "Developers",
    words: "deliveries attempts retry resend signature debugger",
    load: () => import("./Logs.svelte"),
  },
  {
    path: "developers/apps",
    title: "OAuth apps",
    icon: "panel",
    group: "Developers",
    words: "client id secret redirect uri scopes grants consent",
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
