// Which languages the desk speaks, and which one it is to speak here.
import type { Catalogue } from "./words.ts";

/** Every language, as it calls itself. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  it: "Italiano",
  nl: "Nederlands",
  pl: "Polski",
  "pt-BR": "Português (Brasil)",
  ar: "العربية",
  ja: "日本語",
} as const;
export type Language = keyof typeof LANGUAGES;

/** Languages that nobody speaks, for tests: one is long, the other is long and runs to the left. */
export const PSEUDO: readonly string[] = ["en-XA", "ar-XB"];

/** Where a choice is kept, in this browser. */
export const CHOICE = "switchboard:language";

const RIGHT_TO_LEFT = /^(ar|he|fa|ur)\b/;

type Load = () => Promise<{ default: Catalogue }>;

/** English is in the page; every other language comes when it is wanted. */
export const CATALOGUES: Readonly<Record<Exclude<Language, "en">, Load>> = {
  de: () => import("./de.json"),
  fr: () => import("./fr.json"),
  es: () => import("./es.json"),
  it: () => import("./it.json"),
  nl: () => import("./nl.json"),
  pl: () => import("./pl.json"),
  "pt-BR": () => import("./pt-BR.json"),
  ar: () => import("./ar.json"),
  ja: () => import("./ja.json"),
};

/** Ours for a tag: `de-AT` is `de`. */
export function languageOf(tag: string): Language | undefined {
  const [language] = tag.toLowerCase().split(/[-_]/);
  return (Object.keys(LANGUAGES) as Language[]).find(
    (known) => known.toLowerCase().split("-")[0] === language,
  );
}

export function directionOf(tag: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.test(tag) ? "rtl" : "ltr";
}

/** What was chosen here, else the first that the browser wishes and we speak, with its region. */
export function wanted(
  read: (name: string) => string | null,
  wishes: readonly string[] = [],
): string {
  const choice = chosen(read);
  if (choice && PSEUDO.includes(choice)) return choice;
  const all = choice ? [...wishes.filter((wish) => languageOf(wish) === choice), choice] : wishes;
  return all.find((wish) => languageOf(wish)) ?? "en";
}

/** Nothing where nothing was chosen, or the browser keeps nothing. */
function chosen(read: (name: string) => string | null): string | undefined {
  try {
    const choice = read(CHOICE) ?? "";
    return choice in LANGUAGES || PSEUDO.includes(choice) ? choice : undefined;
  } catch {
    return undefined;
  }
}

export async function load(tag: string): Promise<Catalogue> {
  const language = languageOf(tag);
  if (!language || language === "en" || PSEUDO.includes(tag)) return {};
  return (await CATALOGUES[language]()).default;
}
