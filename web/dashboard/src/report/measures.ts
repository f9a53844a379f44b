// What can be reported: what each page counts, how its figures are said, and where they lead.
import type { components } from "../api/schema.d.ts";
import { t, tag } from "../locale/say.ts";

export type Measure = components["schemas"]["Measure"];
export type Report = components["schemas"]["Report"];
export type Bucket = components["schemas"]["Bucket"];
export type Unit = "count" | "duration" | "score";

/** What the rows behind a figure have in common. */
export interface Rows {
  created_after?: string;
  created_before?: string;
  answered_after?: string;
  answered_before?: string;
  closed_after?: string;
  closed_before?: string;
}

export interface Face {
  title: string;
  measure: Measure;
  unit: Unit;
  about: string;
  /** The conversations that were counted between two times; none where it is no conversations. */
  rows?(from: string, to: string): Rows;
}

export const PAGES = {
  overview: { title: t("Overview"), icon: "home" },
  volume: { title: t("Volume"), icon: "chat" },
  replies: { title: t("First reply"), icon: "clock" },
  resolution: { title: t("Resolution"), icon: "check" },
  ratings: { title: t("Ratings"), icon: "spark" },
  operators: { title: t("Operators"), icon: "people" },
  leads: { title: t("Leads by source"), icon: "rule" },
} as const;
export type PageName = keyof typeof PAGES;

const FACES: Record<Measure, Face> = {
  conversations_created: {
    title: t("Conversations"),
    measure: "conversations_created",
    unit: "count",
    about: t("Conversations that began"),
    rows: (from, to) => ({ created_after: before(from), created_before: to }),
  },
  messages_received: {
    title: t("Messages received"),
    measure: "messages_received",
    unit: "count",
    about: t("What visitors wrote"),
  },
  messages_sent: {
    title: t("Messages sent"),
    measure: "messages_sent",
    unit: "count",
    about: t("What operators wrote to visitors"),
  },
  first_reply: {
    title: t("First reply"),
    measure: "first_reply",
    unit: "duration",
    about: t("How long visitors waited for the first answer, on average, by the clock"),
    rows: (from, to) => ({ answered_after: from, answered_before: to }),
  },
  first_reply_open_hours: {
    title: t("First reply, open hours"),
    measure: "first_reply_open_hours",
    unit: "duration",
    about: t("The same, of which only the time counts in which the site was open"),
    rows: (from, to) => ({ answered_after: from, answered_before: to }),
  },
  resolution: {
    title: t("Resolution"),
    measure: "resolution",
    unit: "duration",
    about: t("How long conversations took until they were closed, on average"),
    rows: (from, to) => ({ closed_after: from, closed_before: to }),
  },
  rating: {
    title: t("Rating"),
    measure: "rating",
    unit: "score",
    about: t("Points out of 5 that visitors gave, on average"),
  },
  leads: {
    title: t("Leads"),
    measure: "leads",
    unit: "count",
    about: t("Contacts who became known, by the door they came through"),
  },
};

const SHOWN: Record<PageName, Measure[]> = {
  overview: [
    "conversations_created",
    "messages_received",
    "messages_sent",
    "first_reply",
    "resolution",
    "rating",
    "leads",
  ],
  volume: ["conversations_created", "messages_received", "messages_sent"],
  replies: ["first_reply", "first_reply_open_hours"],
  resolution: ["resolution"],
  ratings: ["rating"],
  operators: ["messages_sent", "first_reply", "resolution", "rating"],
  leads: ["leads"],
};

export function facesOf(page: PageName): Face[] {
  return SHOWN[page].map((measure) => FACES[measure]);
}

/** A second earlier: the list leaves out the time itself. */
function before(at: string): string {
  return new Date(new Date(at).getTime() - 1000).toISOString().replace(".000Z", "Z");
}

interface Counted {
  count: number;
  sum: number;
}

/** The figure: how many, or how much on average. Nothing counted gives no average. */
export function figure(unit: Unit, { count, sum }: Counted): number | null {
  if (unit === "count") return count;
  return count ? sum / count : null;
}

const COUNT = new Intl.NumberFormat(tag);
const SCORE = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** A figure as people read it. */
export function said(unit: Unit, value: number | null): string {
  if (value === null) return "–";
  if (unit === "count") return COUNT.format(value);
  return unit === "score" ? SCORE.format(value) : span(Math.round(value));
}

/** `42 s`, `3 min 20 s`, `2 h 5 min`, `1 d 4 h` */
export function span(seconds: number): string {
  if (seconds < MINUTE_S) return `${String(seconds)} s`;
  if (seconds < HOUR_S) return two(seconds, MINUTE_S, "min", 1, "s");
  if (seconds < DAY_S) return two(seconds, HOUR_S, "h", MINUTE_S, "min");
  return two(seconds, DAY_S, "d", HOUR_S, "h");
}

function two(all: number, large: number, one: string, small: number, other: string): string {
  const rest = Math.floor((all % large) / small);
  return `${String(Math.floor(all / large))} ${one}${rest ? ` ${String(rest)} ${other}` : ""}`;
}

export type Step = "hour" | "day" | "week" | "month";

/** When a bar begins, by the clock of the report: its text is that clock's. */
export function barTitle(start: string, step: Step): string {
  const [date = "", time = ""] = start.split("T");
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const here = new Date(year, month - 1, day);
  if (step === "month") {
    return new Intl.DateTimeFormat(tag, { month: "short", year: "numeric" }).format(here);
  }
  const short = new Intl.DateTimeFormat(tag, { day: "numeric", month: "short" }).format(here);
  return step === "hour" ? `${short}, ${time.slice(0, 5)}` : short;
}
