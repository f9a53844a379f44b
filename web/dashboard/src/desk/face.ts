// How people and times look.
import { now as serverNow } from "../../../api.ts";
import type { Conversation } from "../api/client.ts";
import { t, tag } from "../locale/say.ts";

export const PRIORITY_WORDS: Record<Conversation["priority"], string> = {
  urgent: t("Urgent"),
  high: t("High"),
  normal: t("Normal"),
  low: t("Low"),
};
const HUES = 360;
const DAY_MS = 86_400_000;

/** What whoever it is with is called. */
export function nameOf(conversation: Conversation): string {
  const who = conversation.visitor;
  return who?.name || who?.email || t("Visitor");
}

export function initials(name: string): string {
  const [first = "", ...rest] = name.split(/\s+/).filter(Boolean);
  return (letter(first) + letter(rest.at(-1) ?? "")).toLocaleUpperCase();
}

function letter(word: string): string {
  return [...word][0] ?? "";
}

/** A colour that stays with a name. */
export function hue(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % HUES;
  return sum;
}

const CLOCK = new Intl.DateTimeFormat(tag, { hour: "numeric", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(tag, { weekday: "short" });
const DATE = new Intl.DateTimeFormat(tag, { day: "numeric", month: "short" });
const LONG = new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(tag, { weekday: "long", day: "numeric", month: "long" });

/** Short, by how long ago it is: the time, the day of the week, the date. */
export function when(at: string | null | undefined, now = serverNow()): string {
  if (!at) return "";
  const time = new Date(at);
  if (time.toDateString() === new Date(now).toDateString()) return CLOCK.format(time);
  return Math.abs(now - time.getTime()) < 6 * DAY_MS ? WEEKDAY.format(time) : DATE.format(time);
}

export function clock(at: string): string {
  return CLOCK.format(new Date(at));
}

export function inFull(at: string | null | undefined): string {
  return at ? LONG.format(new Date(at)) : "";
}

export function day(at: string, now = serverNow()): string {
  const time = new Date(at);
  if (time.toDateString() === new Date(now).toDateString()) return t("Today");
  if (time.toDateString() === new Date(now - DAY_MS).toDateString()) return t("Yesterday");
  return DAY.format(time);
}
