// From which day to which, as the address says it.
import { now } from "../../../api.ts";
import type { Step } from "./measures.ts";
import { t } from "../locale/say.ts";

export const PRESETS = [
  { days: 7, title: t("7 days"), step: "day" },
  { days: 30, title: t("30 days"), step: "day" },
  { days: 90, title: t("90 days"), step: "week" },
  { days: 365, title: t("12 months"), step: "month" },
] as const;
const STEPS: Step[] = ["hour", "day", "week", "month"];
const USUAL_DAYS = 30;

export interface Range {
  from: string;
  to: string;
  step: Step;
  timezone: string;
}

/** A day, by the reader's clock. */
function day(ago: number): string {
  const at = new Date(now());
  at.setDate(at.getDate() - ago);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function read(query: URLSearchParams): Range {
  const step = STEPS.find((known) => known === query.get("step")) ?? "day";
  return {
    from: query.get("from") ?? day(USUAL_DAYS - 1),
    to: query.get("to") ?? day(0),
    step,
    timezone: query.get("timezone") ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** The last so many days, today among them. */
export function last(days: number, step: Step, range: Range): Range {
  return { ...range, from: day(days - 1), to: day(0), step };
}

export function write(range: Range): string {
  return new URLSearchParams({ ...range }).toString();
}
