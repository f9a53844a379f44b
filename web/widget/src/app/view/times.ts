import type { Words } from "../locale/index.ts";

const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;
const DAY_MS = 86_400_000;

export function clock(words: Words, at: string | Date): string {
  return words.time(new Date(at), CLOCK);
}

/** "Today", "yesterday", or the day itself. */
export function dayName(words: Words, at: Date, now: Date): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY_MS);
  if (days === 0 || days === -1) {
    const name = new Intl.RelativeTimeFormat(words.tag, { numeric: "auto" }).format(days, "day");
    return name.charAt(0).toLocaleUpperCase(words.tag) + name.slice(1);
  }
  const isThisYear = at.getFullYear() === now.getFullYear();
  return words.time(at, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(!isThisYear && { year: "numeric" }),
  });
}

export function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

export interface Opening {
  /** "Monday 23 Nov, 10:00" in the visitor's zone. */
  when: string;
  place: string;
  offset: string;
  /** The same moment where the site is, if clocks differ there. */
  there: { time: string; place: string } | undefined;
}

/** When a site opens next, as its visitor's clock says it. */
export function opening(
  words: Words,
  at: string,
  siteZone: string | null,
  ownZone: string,
): Opening {
  const moment = new Date(at);
  const inZone = (timeZone: string, options: Intl.DateTimeFormatOptions) =>
    words.time(moment, { ...options, timeZone });
  const full = { weekday: "long", day: "numeric", month: "short", ...CLOCK } as const;
  const here = inZone(ownZone, full);
  const zone = siteZone && isZone(siteZone) ? siteZone : ownZone;
  const there = inZone(zone, full);
  return {
    when: here,
    place: placeOf(ownZone),
    offset: offsetOf(moment, ownZone),
    there: there === here ? undefined : { time: inZone(zone, CLOCK), place: placeOf(zone) },
  };
}

function placeOf(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

function offsetOf(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "shortOffset" });
  const name = parts.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
  return name.replace("GMT", "UTC");
}

function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}
