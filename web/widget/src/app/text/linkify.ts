export type Piece = { kind: "text"; text: string } | { kind: "link"; text: string; href: string };

const CANDIDATE = /(?:https?:\/\/|mailto:)[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?…»”’*_~]+$/u;

/** Cuts a text into words and links. Only addresses that say their scheme become links. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const found = trim(match[0]);
    const href = safeHref(found);
    if (!href) continue;
    if (match.index > at) pieces.push({ kind: "text", text: text.slice(at, match.index) });
    pieces.push({ kind: "link", text: found, href });
    at = match.index + found.length;
  }
  if (at < text.length) pieces.push({ kind: "text", text: text.slice(at) });
  return pieces;
}

/** Takes off closing marks, and a bracket that was opened before the address. */
function trim(found: string): string {
  for (;;) {
    const shorter = found.replace(TRAILING, "");
    const last = shorter.at(-1) ?? "";
    const open = { ")": "(", "]": "[", "}": "{" }[last];
    const isUnpaired = open !== undefined && count(shorter, open) < count(shorter, last);
    const next = isUnpaired ? shorter.slice(0, -1) : shorter;
    if (next === found) return found;
    found = next;
  }
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}

/** The address as the browser reads it, if it is one of the three kinds that may be followed. */
export function safeHref(address: string): string | undefined {
  try {
    const url = new URL(address);
    if (url.protocol === "mailto:") return url.pathname.includes("@") ? url.href : undefined;
    return /^https?:$/.test(url.protocol) && url.hostname ? url.href : undefined;
  } catch {
    return undefined;
  }
}
