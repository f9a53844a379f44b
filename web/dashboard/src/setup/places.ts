// Countries and time zones, as this browser knows them.
import type { Option } from "../settings/part/form.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** What has two letters and a name, and is no country. */
const NO_COUNTRIES = ["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"];

/** Two letters and the name of each country, by name. */
export function countries(language = navigator.language): Option[] {
  const names = new Intl.DisplayNames([language, "en"], { type: "region", fallback: "none" });
  const codes = [...LETTERS].flatMap((first) => [...LETTERS].map((second) => first + second));
  const named = codes
    .filter((code) => !NO_COUNTRIES.includes(code))
    // Names of the past lead to those of today.
    .filter((code) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`)
    .flatMap((code): Option[] => {
      const name = names.of(code);
      return name ? [[code, name]] : [];
    });
  return named.sort(([, one], [, other]) => one.localeCompare(other, language));
}

export function zones(): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  return all.includes("UTC") ? all : [...all, "UTC"];
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `https://shop.example` of whatever was typed, and the same with and without `www.`. */
export function originsOf(typed: string): string[] {
  const text = typed.trim();
  if (!text) return [];
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const { protocol, host, hostname } = new URL(address);
  // Some browsers spell what cannot be a host otherwise, instead of refusing it.
  if (!/^[a-z\d.:[\]-]+$/.test(hostname)) throw new TypeError(`${typed} is no domain`);
  const isName = /^[^.]+(\.[^.]+)+$/.test(hostname) && !/^[\d.]+$/.test(hostname);
  if (!isName) return [`${protocol}//${host}`];
  const bare = host.replace(/^www\./, "");
  const isBelow = bare.split(".").length > 2 && bare === host;
  return isBelow ? [`${protocol}//${host}`] : [`${protocol}//${bare}`, `${protocol}//www.${bare}`];
}
