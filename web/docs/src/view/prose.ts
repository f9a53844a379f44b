// Markdown data to elements.
import { parseInline, parseMarkdown, type Block, type Inline } from "../model/markdown.ts";
import { pre } from "./code.ts";
import { copyButton, h } from "./dom.ts";

const LANGUAGE_NAMES: Record<string, string> = {
  sh: "Shell",
  bash: "Shell",
  json: "JSON",
  js: "JavaScript",
  py: "Python",
  http: "HTTP",
  python: "Python",
};

/** Headings inside a text start below the heading that holds the text. */
const LEVELS = ["h1", "h2", "h3", "h4", "h5", "h6"] as const;

export function inlines(all: Inline[]): Node[] {
  return all.map((one) => {
    if (one.kind === "text") return document.createTextNode(one.text);
    if (one.kind === "code") return h("code", {}, one.text);
    if (one.kind === "link") return link(one.href, inlines(one.inside));
    return h(one.kind, {}, inlines(one.inside));
  });
}

function link(href: string, inside: Node[]): HTMLElement {
  const isOutside = /^https?:/i.test(href);
  return h("a", { href, rel: isOutside ? "noreferrer" : undefined }, inside);
}

export function inlineText(text: string): Node[] {
  return inlines(parseInline(text));
}

export function prose(text: string, parentLevel: number): Node[] {
  return blocksToNodes(parseMarkdown(text), parentLevel);
}

export function blocksToNodes(all: Block[], parentLevel: number): Node[] {
  const levels = all.flatMap((block) => (block.kind === "heading" ? [block.level] : []));
  const shift = parentLevel + 1 - Math.min(...levels, 6);
  return all.map((block) => node(block, shift, parentLevel));
}

function node(block: Block, shift: number, parentLevel: number): Node {
  switch (block.kind) {
    case "heading": {
      const level = Math.min(6, Math.max(1, block.level + shift));
      return h(LEVELS[level - 1] ?? "h6", { class: "prose-title" }, inlines(block.inside));
    }
    case "paragraph":
      return h("p", {}, inlines(block.inside));
    case "code":
      return codeCard(block.text, block.language);
    case "list":
      return h(
        block.isOrdered ? "ol" : "ul",
        { class: "prose-list" },
        block.items.map((item) => h("li", {}, listItem(item, parentLevel))),
      );
    case "table":
      return table(block.head, block.rows);
    case "quote":
      return h("blockquote", {}, blocksToNodes(block.inside, parentLevel));
    case "rule":
      return h("hr");
  }
}

/** A lone paragraph in an item is just its text. */
function listItem(item: Block[], parentLevel: number): Node[] {
  const [first, ...rest] = item;
  if (first?.kind !== "paragraph") return blocksToNodes(item, parentLevel);
  return [...inlines(first.inside), ...blocksToNodes(rest, parentLevel)];
}

function table(head: Inline[][], rows: Inline[][][]): HTMLElement {
  return h(
    "div",
    { class: "table-box", tabindex: 0, role: "group", "aria-label": "Table" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((cell) => h("th", { scope: "col" }, inlines(cell))),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((cell) => h("td", {}, inlines(cell))),
          ),
        ),
      ),
    ),
  );
}

export function codeCard(text: string, language: string): HTMLElement {
  const label = LANGUAGE_NAMES[language.toLowerCase()] ?? (language || "Example");
  return h(
    "div",
    { class: "card", "data-theme": "dark" },
    h(
      "div",
      { class: "card-head" },
      h("span", { class: "card-title" }, label),
      copyButton("Copy", () => text),
    ),
    pre(text, language, label),
  );
}
