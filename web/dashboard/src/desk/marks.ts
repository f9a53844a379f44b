// Where the words of a search stand in a text.

export interface Piece {
  text: string;
  isFound: boolean;
}

/** Letters shown before the first word that was found: the row of a list has room for few more. */
const BEFORE = 16;

/** The text in pieces; those that a word of the query begins are found. */
export function pieces(text: string, query: string): Piece[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [{ text, isFound: false }];
  const found: Piece[] = [];
  for (const part of text.split(/([\p{L}\p{N}]+)/u)) {
    if (!part) continue;
    const isFound = words.some((word) => part.toLocaleLowerCase().startsWith(word));
    const last = found.at(-1);
    if (last && !last.isFound && !isFound) last.text += part;
    else found.push({ text: part, isFound });
  }
  return found;
}

/** The same, from shortly before the first word that was found. */
export function excerpt(text: string, query: string): Piece[] {
  const all = pieces(text, query);
  const [first] = all;
  if (!first || first.isFound || first.text.length <= BEFORE || all.length < 2) return all;
  return [{ text: `… ${first.text.slice(-BEFORE)}`, isFound: false }, ...all.slice(1)];
}
