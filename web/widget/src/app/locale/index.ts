import { en, type Texts } from "./en.ts";

export const LOCALES = ["en", "de", "fr", "es", "pt-BR", "it", "nl", "pl", "ar", "ja"] as const;
export type Locale = (typeof LOCALES)[number];

const RIGHT_TO_LEFT: readonly string[] = ["ar"];

/** English is in the page; every other language comes when it is wanted. */
const LOAD: Record<Exclude<Locale, "en">, () => Promise<{ texts: Texts }>> = {
  de: () => import("./de.ts"),
  fr: () => import("./fr.ts"),
  es: () => import("./es.ts"),
  "pt-BR": () => import("./pt-BR.ts"),
  it: () => import("./it.ts"),
  nl: () => import("./nl.ts"),
  pl: () => import("./pl.ts"),
  ar: () => import("./ar.ts"),
  ja: () => import("./ja.ts"),
};

/** The best of ours for a list of wishes: `pt` and `pt-PT` get `pt-BR`, `de-AT` gets `de`. */
export function pickLocale(wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    if (!wish) continue;
    const [language] = wish.toLowerCase().split(/[-_]/);
    const found = LOCALES.find((locale) => locale.toLowerCase().split("-")[0] === language);
    if (found) return found;
  }
  return "en";
}

type Plain = { [Key in keyof Texts]: Texts[Key] extends string ? Key : never }[keyof Texts];
type Values = Record<string, string | number>;

/** The words of one language, with its numbers and times. */
export class Words {
  readonly direction: "ltr" | "rtl";

  constructor(
    readonly locale: Locale,
    /** With its region, as the visitor asked for it: it decides how times look. */
    readonly tag: string,
    readonly texts: Texts,
  ) {
    this.direction = RIGHT_TO_LEFT.includes(locale) ? "rtl" : "ltr";
  }

  say(key: Plain, values: Values = {}): string {
    return fill(this.texts[key], values);
  }

  unread(count: number): string {
    const forms = this.texts.unread as Partial<Record<Intl.LDMLPluralRule, string>>;
    const form = forms[new Intl.PluralRules(this.tag).select(count)] ?? forms.other ?? "";
    return fill(form, { n: this.number(count) });
  }

  number(value: number, options?: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.tag, options).format(value);
  }

  time(at: Date, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.tag, options).format(at);
  }
}

export async function loadWords(locale: Locale, wish?: string | null): Promise<Words> {
  const isSameLanguage = wish?.toLowerCase().split(/[-_]/)[0] === locale.split("-")[0];
  const tag = isSameLanguage ? validTag(wish) : undefined;
  const load = locale === "en" ? undefined : LOAD[locale];
  return new Words(locale, tag ?? locale, load ? (await load()).texts : en);
}

function validTag(wish: string | null | undefined): string | undefined {
  try {
    return Intl.getCanonicalLocales(wish?.replace("_", "-") ?? "")[0];
  } catch {
    return undefined;
  }
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
