/** Whether every word of `query` begins a word of `text`, or its letters stand in it in order. */
export function matches(text: string, query: string): boolean {
  const plain = fold(text);
  const wanted = fold(query).trim();
  if (!wanted) return true;
  const words = plain.split(/\s+/);
  const isWordwise = wanted
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
  return isWordwise || inOrder(plain, wanted.replace(/\s+/g, ""));
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function inOrder(text: string, letters: string): boolean {
  let at = -1;
  for (const letter of letters) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}
