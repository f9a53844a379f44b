// The hours of a site as they are edited: every day has shifts, and some days are otherwise.
import type { components } from "../api/schema.d.ts";
import { t } from "../locale/say.ts";

export type Hours = components["schemas"]["Hours"];

export interface Shift {
  from: string;
  /** Before `from`, or the same: it ends the next day. */
  to: string;
}

export interface Day {
  date: string;
  text: string;
  shifts: Shift[];
}

export interface Week {
  timezone: string;
  days: Record<string, Shift[]>;
  holidays: Day[];
}

export const DAYS: readonly [day: string, title: string][] = [
  ["mon", t("Monday")],
  ["tue", t("Tuesday")],
  ["wed", t("Wednesday")],
  ["thu", t("Thursday")],
  ["fri", t("Friday")],
  ["sat", t("Saturday")],
  ["sun", t("Sunday")],
];
export const SHIFTS_MAX = 10;
export const HOLIDAYS_MAX = 200;
const USUAL: Shift = { from: "09:00", to: "17:00" };

/** A week to begin with. */
export function usual(timezone: string): Week {
  const days = DAYS.map(([day], place) => [day, place < 5 ? [{ ...USUAL }] : []] as const);
  return { timezone, days: Object.fromEntries(days), holidays: [] };
}

/** The next shift of a day: after the last one, or as days usually are. */
export function another(shifts: readonly Shift[]): Shift {
  const last = shifts.at(-1);
  return last ? { from: last.to, to: "18:00" } : { ...USUAL };
}

/** Whether it ends on the day after. */
export function isOvernight({ from, to }: Shift): boolean {
  return Boolean(from && to) && to <= from;
}

/** What a field for times can show: the end of the day is the beginning of the next. */
function shiftsOf(times: readonly string[][] = []): Shift[] {
  return times.map(([from = "", to = ""]) => ({ from, to: to === "24:00" ? "00:00" : to }));
}

function timesOf(shifts: readonly Shift[]): string[][] {
  return shifts.map(({ from, to }) => [from, to === "00:00" ? "24:00" : to]);
}

export function weekOf({ timezone, days, holidays }: Hours): Week {
  return {
    timezone,
    days: Object.fromEntries(DAYS.map(([day]) => [day, shiftsOf(days[day])])),
    holidays: holidays.map(({ date, text, times }) => ({
      date,
      text: text ?? "",
      shifts: shiftsOf(times),
    })),
  };
}

/** As the API has it: days that are closed are left out, holidays stand in their order. */
export function hoursOf({ timezone, days, holidays }: Week): Hours {
  const open = Object.entries(days).filter(([, shifts]) => shifts.length);
  const sorted = holidays.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  return {
    timezone,
    days: Object.fromEntries(open.map(([day, shifts]) => [day, timesOf(shifts)])),
    holidays: sorted.map(({ date, text, shifts }) => ({
      date,
      text: text.trim() || null,
      times: timesOf(shifts),
    })),
  };
}

/** What is wrong with it, for whoever typed it. */
export function wrongIn({ days, holidays }: Week): string | undefined {
  const all = [...Object.values(days), ...holidays.map(({ shifts }) => shifts)].flat();
  if (all.some(({ from, to }) => !from || !to))
    return t("Each shift needs a beginning and an end.");
  if (holidays.some(({ date }) => !date)) return t("Each day that is otherwise needs its date.");
  const dates = holidays.map(({ date }) => date);
  if (new Set(dates).size < dates.length)
    return t("One of the days that are otherwise is there twice.");
  return undefined;
}
