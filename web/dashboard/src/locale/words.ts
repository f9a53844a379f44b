// What a catalogue of texts is, and how its places are filled.

/** The forms of a text that counts, by the plural rules of its language. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;

/** English to the reader's language. What counts stands under its form for many. */
export type Catalogue = Readonly<Record<string, string | Forms>>;

export type Values = Readonly<Record<string, string | number | null | undefined>>;

/** By how much other languages may be longer. */
const LONGER = 0.4;
const PLAIN = "aceinorsuyACEINORSUY";
const ACCENTED = "áçéíñöřšüýÁÇÉÍÑÖŘŠÜÝ";

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) =>
    name in values ? String(values[name] ?? "") : place,
  );
}

export function pluralOf(forms: Forms, rule: Intl.LDMLPluralRule): string {
  return forms[rule] ?? forms.other ?? "";
}

/** English as a language that nobody speaks: longer, accented, and in brackets, so that what is not
 * translated, or does not fit, shows. */
export function pseudo(english: string): string {
  const text = english
    .split(/(\{\w+\})/)
    .map((part, index) => (index % 2 ? part : part.replace(/[a-z]/gi, accented)))
    .join("");
  return `⟦${text}${"~".repeat(Math.ceil(english.length * LONGER))}⟧`;
}

function accented(letter: string): string {
  const index = PLAIN.indexOf(letter);
  return index < 0 ? letter : (ACCENTED[index] ?? letter);
}
