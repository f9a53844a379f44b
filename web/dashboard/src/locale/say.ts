// The words of the desk in the language of who reads it. English is the key of every text, so what
// nobody has translated yet is read in English. Whoever imports this waits until the words are there.
import { load, PSEUDO, wanted } from "./languages.ts";
import { fill, pluralOf, pseudo, type Catalogue, type Values } from "./words.ts";

/** The language of the desk, with its region: what numbers, times and names are written by. */
export const tag = wanted(
  (name) => localStorage.getItem(name),
  typeof navigator === "undefined" ? [] : navigator.languages,
);

const catalogue: Catalogue = await load(tag).catch(() => ({}));
const rules = new Intl.PluralRules(tag);
const numbers = new Intl.NumberFormat(tag);
const isPseudo = PSEUDO.includes(tag);

/** The text in the reader's language; `{name}` is filled with `values.name`. */
export function t(english: string, values: Values = {}): string {
  const known = catalogue[english];
  const text = typeof known === "string" ? known : isPseudo ? pseudo(english) : english;
  return fill(text, values);
}

/** The form that goes with `count`; `{n}` is filled with it: n(3, "{n} lead", "{n} leads"). */
export function n(count: number, one: string, many: string, values: Values = {}): string {
  const known = catalogue[many];
  const english = count === 1 ? one : many;
  const text =
    typeof known === "object"
      ? pluralOf(known, rules.select(count))
      : isPseudo
        ? pseudo(english)
        : english;
  return fill(text, { n: numbers.format(count), ...values });
}

/** So many of something, in words: count(3, "lead"). */
export function count(number: number, one: string, many = `${one}s`): string {
  return n(number, `{n} ${one}`, `{n} ${many}`);
}
