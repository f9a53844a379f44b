// How people, times and places are said.
import { now as serverNow } from "../../../api.ts";
import { NOBODY, OP_WORDS, SOURCES, face as fieldFace, type Filter } from "./filter.ts";
import { team } from "../desk/team.svelte.ts";
import type { Contact, Visitor } from "./types.ts";
import { n, t, tag } from "../locale/say.ts";

const MINUTE_MS = 60_000;
const AGO = new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" });
const SPANS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 24 * 60 * MINUTE_MS],
  ["hour", 60 * MINUTE_MS],
  ["minute", MINUTE_MS],
];

export function contactName(contact: Contact): string {
  return contact.name || contact.email || contact.phone || t("Nameless contact");
}

export function visitorName(visitor: Visitor): string {
  return visitor.name || visitor.email || t("Visitor");
}

/** How long ago, from minutes to days. */
export function ago(at: string, now = serverNow()): string {
  const since = now - Date.parse(at);
  for (const [unit, span] of SPANS) {
    if (since >= span) return AGO.format(-Math.floor(since / span), unit);
  }
  return t("now");
}

export function lasted(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return t("{seconds} s", { seconds });
  return minutes < 60
    ? t("{minutes} min", { minutes })
    : t("{hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** The page of an address, without the site's name. */
export function path(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "") || "/";
}

export function place({ city, region, country }: Visitor): string {
  return [city ?? region, countryName(country)].filter(Boolean).join(", ");
}

function countryName(code: string | null | undefined): string {
  if (!code) return "";
  try {
    return new Intl.DisplayNames(tag, { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function source(name: string): string {
  return SOURCES[name] ?? name;
}

/** A value of an attribute, on one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? t("Yes") : t("No");
  return JSON.stringify(value);
}

/** A value of several parts, without the marks of JSON. */
export function listed(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  if (typeof value !== "object" || value === null) return shown(value);
  return Object.entries(value)
    .map(([name, part]) => `${name}: ${shown(part)}`)
    .join(", ");
}

/** A filter in words: "Tag is vip". */
export function said({ op, field, value }: Filter, dispositions: Record<string, string>): string {
  const { title, kind } = fieldFace(field);
  if (op === "within")
    return n(Number(value), "{title} in the last {n} day", "{title} in the last {n} days", {
      title,
    });
  return `${title} ${OP_WORDS[op]} ${valueWord(kind, value, dispositions)}`;
}

function valueWord(kind: string, value: string, dispositions: Record<string, string>): string {
  if (kind === "operator") return value === NOBODY ? t("nobody") : team.name(value);
  if (kind === "source") return source(value);
  if (kind === "disposition") return dispositions[value] ?? value;
  return value;
}

/** "Firefox on Linux". */
export function device({ browser, os, device: kind }: Pick<Visitor, "browser" | "os" | "device">) {
  return [browser, os].filter(Boolean).join(t(" on ")) || kind;
}

/** "spring, by newsletter": a campaign and what it came by. */
export function campaign(utm: Visitor["utm"] | null | undefined): string {
  const { source: by, medium, campaign: name, term, content } = utm ?? {};
  return [name, by, medium, term, content].filter(Boolean).join(", ");
}
