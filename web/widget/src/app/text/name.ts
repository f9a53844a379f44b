// Controls that reorder what follows, and what cannot be seen; joiners stay, for emoji and scripts need them.
const TRICKS =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A name that cannot turn the words around it. */
export function plainName(name: string): string {
  return name.replace(TRICKS, "").trim();
}

const segmenter =
  "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : undefined;

/** The first sign of a name, for a face that has no picture. */
export function initial(name: string): string {
  const plain = plainName(name);
  const first = segmenter ? [...segmenter.segment(plain)][0]?.segment : [...plain][0];
  return (first ?? "").toLocaleUpperCase();
}
