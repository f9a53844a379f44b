// What a widget says by itself, as one flat form, and back.
import type { components } from "../api/schema.d.ts";
import type { FormField, Values } from "./part/form.ts";
import { t } from "../locale/say.ts";

export type Trigger = components["schemas"]["Trigger"];

export const TRIGGER_FIELDS: readonly FormField[] = [
  { name: "message", label: t("What it says"), as: "area", isRequired: true },
  { name: "author", label: t("In whose name"), as: "text", isNullable: true },
  { name: "choices", label: t("Answers to choose from, one a line"), as: "lines" },
  {
    name: "seconds",
    label: t("After so many seconds on the page"),
    as: "number",
    min: 0,
    max: 86_400,
    isNullable: true,
    hint: t("All that is said of when must hold."),
  },
  {
    name: "url_contains",
    label: t("The page’s address has this in it"),
    as: "text",
    isNullable: true,
    placeholder: "/pricing",
  },
  {
    name: "scroll_percent",
    label: t("So much of the page was seen, in percent"),
    as: "number",
    min: 0,
    max: 100,
    isNullable: true,
  },
  { name: "is_exit", label: t("They are about to leave"), as: "flag" },
  { name: "event", label: t("The page tells of this"), as: "text", isNullable: true },
  {
    name: "per_day",
    label: t("Times a day, for one visitor"),
    as: "number",
    min: 1,
    max: 100,
    initial: 1,
  },
  {
    name: "quiet_hours",
    label: t("Hours of silence after it was put away, or answered"),
    as: "number",
    min: 0,
    max: 8760,
    initial: 24,
  },
];

export function flatTrigger({ when, caps, ...rest }: Trigger): Values {
  return { ...rest, ...when, ...caps };
}

/** `before` with what was answered; its id stays. */
export function triggerOf(before: Values, answered: Values): Trigger {
  const all = { ...before, ...answered };
  const text = (name: string) => (all[name] as string | null | undefined) ?? null;
  const count = (name: string) => (all[name] as number | null | undefined) ?? null;
  return {
    id: text("id") ?? `t${Date.now().toString(36)}`,
    message: text("message") ?? "",
    author: text("author"),
    choices: (all["choices"] as string[] | undefined) ?? [],
    when: {
      url_contains: text("url_contains"),
      seconds: count("seconds"),
      scroll_percent: count("scroll_percent"),
      is_exit: Boolean(all["is_exit"]),
      event: text("event"),
    },
    caps: { per_day: count("per_day") ?? 1, quiet_hours: count("quiet_hours") ?? 24 },
  };
}

/** When it speaks, in words. */
export function whenOf({ when }: Trigger): string {
  const said = [
    when.seconds ? t("after {seconds} s", { seconds: when.seconds }) : "",
    when.url_contains ? t("on {url_contains}", { url_contains: when.url_contains }) : "",
    when.scroll_percent
      ? t("at {scroll_percent} % of the page", { scroll_percent: when.scroll_percent })
      : "",
    when.is_exit ? t("as they leave") : "",
    when.event ? t("on “{event}”", { event: when.event }) : "",
  ].filter(Boolean);
  return said.join(", ") || t("at once");
}
