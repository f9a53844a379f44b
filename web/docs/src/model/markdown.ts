// A small Markdown reader. It gives plain data and never markup: text with angle brackets in it
// stays text, because nothing here or later parses HTML.

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "em"; inside: Inline[] }
  | { kind: "link"; href: string; inside: Inline[] };

export type Block =
  | { kind: "heading"; level: number; inside: Inline[] }
  | { kind: "paragraph"; inside: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "list"; isOrdered: boolean; items: Block[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "quote"; inside: Block[] }
  | { kind: "rule" };

/** Lists in lists in quotes: deeper than this is shown as it was written. */
const NESTING_MAX = 6;

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*).*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}>\s?(.*)$/;
const RULE = /^ {0,3}([-*_])\s*(?:\1\s*){2,}$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export function parseMarkdown(source: string): Block[] {
  return blocks(source.replace(/\r\n?/g, "\n").replaceAll("\t", "    ").split("\n"), 0);
}

function blocks(lines: string[], depth: number): Block[] {
  const found: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at++;
      continue;
    }
    const [block, next] = block1(lines, at, line, depth);
    found.push(block);
    at = next;
  }
  return found;
}

function block1(lines: string[], at: number, line: string, depth: number): [Block, number] {
  const fence = FENCE.exec(line);
  if (fence) return fenced(lines, at, fence[1] ?? "```", fence[2] ?? "");
  const heading = HEADING.exec(line);
  if (heading) {
    const level = heading[1]?.length ?? 1;
    return [{ kind: "heading", level, inside: parseInline(heading[2] ?? "") }, at + 1];
  }
  if (RULE.test(line)) return [{ kind: "rule" }, at + 1];
  if (depth < NESTING_MAX) {
    if (QUOTE.test(line)) return quote(lines, at, depth);
    if (ITEM.test(line)) return list(lines, at, depth);
  }
  if (line.includes("|") && TABLE_LINE.test(lines[at + 1] ?? "") && lines[at + 1]?.includes("|")) {
    return table(lines, at);
  }
  return paragraph(lines, at);
}

function fenced(lines: string[], at: number, mark: string, language: string): [Block, number] {
  const text: string[] = [];
  let next = at + 1;
  for (; next < lines.length; next++) {
    const line = lines[next] ?? "";
    if (line.trim().startsWith(mark) && line.trim().replaceAll(mark[0] ?? "`", "") === "") break;
    text.push(line);
  }
  return [{ kind: "code", language, text: text.join("\n") }, next + 1];
}

function quote(lines: string[], at: number, depth: number): [Block, number] {
  const inside: string[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const match = QUOTE.exec(lines[next] ?? "");
    if (!match) break;
    inside.push(match[1] ?? "");
  }
  return [{ kind: "quote", inside: blocks(inside, depth + 1) }, next];
}

function list(lines: string[], at: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[at] ?? "");
  const indent = first?.[1]?.length ?? 0;
  const isOrdered = /\d/.test(first?.[2] ?? "");
  const items: string[][] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const line = lines[next] ?? "";
    const item = ITEM.exec(line);
    const isSibling = item !== null && (item[1]?.length ?? 0) <= indent;
    if (isSibling) {
      if (/\d/.test(item[2] ?? "") !== isOrdered) break;
      items.push([item[3] ?? ""]);
    } else if (line.trim() === "") {
      if (!/^\s/.test(lines[next + 1] ?? "") && !ITEM.test(lines[next + 1] ?? "")) break;
      items.at(-1)?.push("");
    } else if (startsBlock(line) && !/^\s/.test(line)) {
      break;
    } else {
      items
        .at(-1)
        ?.push(
          line.replace(new RegExp(`^ {0,${String(indent + 4)}}`), (cut) =>
            " ".repeat(Math.max(0, cut.length - indent - (first?.[2]?.length ?? 1) - 1)),
          ),
        );
    }
  }
  return [{ kind: "list", isOrdered, items: items.map((one) => blocks(one, depth + 1)) }, next];
}

function startsBlock(line: string): boolean {
  return FENCE.test(line) || HEADING.test(line) || QUOTE.test(line) || RULE.test(line);
}

function table(lines: string[], at: number): [Block, number] {
  const head = cells(lines[at] ?? "").map(parseInline);
  const rows: Inline[][][] = [];
  let next = at + 2;
  for (; next < lines.length; next++) {
    const line = lines[next] ?? "";
    if (line.trim() === "" || !line.includes("|")) break;
    const row = cells(line).map(parseInline);
    rows.push(head.map((_, column) => row[column] ?? []));
  }
  return [{ kind: "table", head, rows }, next];
}

/** Splits at bars, but neither at `\|` nor inside code. */
function cells(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  const parts = inner.match(/(?:\\.|`[^`]*`|[^|])+|(?<=\|)(?=\|)/g) ?? [];
  return parts.map((part) => part.replaceAll("\\|", "|").trim());
}

function paragraph(lines: string[], at: number): [Block, number] {
  const text = [(lines[at] ?? "").trim()];
  let next = at + 1;
  for (; next < lines.length; next++) {
    const line = lines[next] ?? "";
    if (line.trim() === "" || startsBlock(line) || ITEM.test(line)) break;
    text.push(line.trim());
  }
  return [{ kind: "paragraph", inside: parseInline(text.join(" ")) }, next];
}

const INLINE =
  /\\([\\`*_{}[\]()#+\-.!|<>~])|(`+)(.+?)\2(?!`)|\*\*(?=\S)(.+?)\*\*|(?<![\w*])[*_](?=\S)([^*_]+?)[*_](?![\w*])|\[([^\]]*)\]\(([^()\s]+)\)|<((?:https?:|mailto:)[^<>\s]+)>/g;

export function parseInline(text: string, depth = 0): Inline[] {
  if (depth > NESTING_MAX) return [{ kind: "text", text }];
  const found: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) pushText(found, text.slice(end, match.index));
    end = match.index + match[0].length;
    const one = inline1(match, depth + 1);
    if (one.kind === "text") pushText(found, one.text);
    else found.push(one);
  }
  if (end < text.length) pushText(found, text.slice(end));
  return found;
}

function inline1(match: RegExpExecArray | RegExpMatchArray, depth: number): Inline {
  const [whole, escaped, , code, strong, em, label, href, auto] = match;
  if (escaped !== undefined) return { kind: "text", text: escaped };
  if (code !== undefined) return { kind: "code", text: code.trim() };
  if (strong !== undefined) return { kind: "strong", inside: parseInline(strong, depth) };
  if (em !== undefined) return { kind: "em", inside: parseInline(em, depth) };
  const to = safeHref(href ?? auto ?? "");
  if (to === undefined) return { kind: "text", text: whole };
  const inside: Inline[] =
    label === undefined ? [{ kind: "text", text: to }] : parseInline(label, depth);
  return { kind: "link", href: to, inside };
}

function pushText(found: Inline[], text: string): void {
  const last = found.at(-1);
  if (last?.kind === "text") last.text += text;
  else found.push({ kind: "text", text });
}

/** Addresses that can only ever be opened, never run. */
export function safeHref(href: string): string | undefined {
  if (/^(https?:\/\/|mailto:)/i.test(href)) return href;
  if (/^(#|\/(?!\/)|\.{1,2}\/)/.test(href)) return href;
  return undefined;
}

export function plainText(inside: Inline[]): string {
  return inside.map((one) => ("text" in one ? one.text : plainText(one.inside))).join("");
}

export interface Section {
  title: string;
  blocks: Block[];
}

/** Cuts a text at its highest headings: what comes first is the lead, the rest are chapters. */
export function sections(all: Block[]): { lead: Block[]; chapters: Section[] } {
  const levels = all.flatMap((block) => (block.kind === "heading" ? [block.level] : []));
  const top = Math.min(...levels);
  const lead: Block[] = [];
  const chapters: Section[] = [];
  for (const block of all) {
    if (block.kind === "heading" && block.level === top) {
      chapters.push({ title: plainText(block.inside), blocks: [] });
    } else {
      (chapters.at(-1)?.blocks ?? lead).push(block);
    }
  }
  return { lead, chapters };
}
