// Every page of the settings, in the order of their menu. The menu, the search in it and the palette
// are drawn from this list; a page's script comes when it is first gone to.
import type { Component } from "svelte";
import { at } from "../desk/route.svelte.ts";

export interface SettingsPage {
  /** What follows /app/settings/. */
  path: string;
  title: string;
  icon: string;
  group: "Workspace" | "Channels" | "Inbox" | "Integrations" | "Developers";
  /** What else people call it when they look for it. */
  words: string;
  load(): Promise<{ default: Component }>;
}

export const SETTINGS: readonly SettingsPage[] = [
  {
    path: "developers/api-keys",
    title: "API Keys",
    icon: "key",
    group: "Developers",
    words: "token secret sk_live scope level read write admin",
    load: () => import("./ApiKeys.svelte"),
  },
];

export const GROUPS = [...new Set(SETTINGS.map(({ group }) => group))];

export function hrefOf({ path }: Pick<SettingsPage, "path">): string {
  return at("settings", path);
}

/** The page that an address names: the one whose path begins it, the longest if there are several. */
export function pageOf(rest: string[]): SettingsPage | undefined {
  const path = rest.join("/");
  const begins = (page: SettingsPage) => path === page.path || path.startsWith(`${page.path}/`);
  return SETTINGS.filter(begins).sort((a, b) => b.path.length - a.path.length)[0];
}
