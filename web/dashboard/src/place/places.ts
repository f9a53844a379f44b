// The places of the desk besides the inbox. Each comes when it is first gone to.
import type { Component } from "svelte";
import { PLACES, type Place } from "../desk/route.svelte.ts";
import { t } from "../locale/say.ts";

export type Elsewhere = Exclude<Place, "inbox">;

interface PlaceFace {
  title: string;
  icon: string;
  key: string;
  load(): Promise<{ default: Component }>;
}

export const PLACE_FACES: Record<Elsewhere, PlaceFace> = {
  visitors: {
    title: t("Visitors"),
    icon: "eye",
    key: "g v",
    load: () => import("./Visitors.svelte"),
  },
  contacts: {
    title: t("Contacts"),
    icon: "people",
    key: "g c",
    load: () => import("./Contacts.svelte"),
  },
  leads: { title: t("Leads"), icon: "spark", key: "g l", load: () => import("./Leads.svelte") },
  reports: {
    title: t("Reports"),
    icon: "chart",
    key: "g r",
    load: () => import("./Reports.svelte"),
  },
  settings: {
    title: t("Settings"),
    icon: "gear",
    key: "g ,",
    load: () => import("../settings/Settings.svelte"),
  },
};

export { PLACES };
