// Coloured code, made of text nodes and spans.
import { h } from "./dom.ts";

/** Above this the colours cost more than they help; the text is shown plain. */
const COLOURED_CHARS_MAX = 60_000;

const RULES: Record<string, RegExp> = {
  json: /(?<key>"(?:\\.|[^"\\])*"(?=\s*:))|(?<string>"(?:\\.|[^"\\])*")|(?<nil>\bnull\b)|(?<number>\b(?:true|false)\b|-?\b\d[\d.eE+-]*)/g,
  curl: /(?<key>"(?:\\.|[^"\\\n])*"(?=\s*:))|(?<string>'[^'\n]*'|"(?:\\.|[^"\\\n])*")|(?<nil>\bnull\b)/gm,
  code: /(?<comment>\/\/.*$|#.*$)|(?<key>"(?:\\.|[^"\\\n])*"(?=\s*:))|(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?<word>\b(?:const|await|if|throw|new|import|from|open|return)\b)|(?<nil>\b(?:null|None)\b)|(?<number>\b(?:true|false|True|False|\d[\d.]*)\b)/gm,
};
const CLASSES = ["key", "string", "nil", "number", "word", "comment"] as const;

export function highlight(text: string, language: string): HTMLElement {
  const code = h("code");
  const rule = RULES[ruleName(language)];
  if (!rule || text.length > COLOURED_CHARS_MAX) {
    code.textContent = text;
    return code;
  }
  let end = 0;
  for (const match of text.matchAll(rule)) {
    if (match.index > end) code.append(text.slice(end, match.index));
    end = match.index + match[0].length;
    const kind = CLASSES.find((name) => match.groups?.[name] !== undefined);
    code.append(h("span", { class: `c-${kind ?? "string"}` }, match[0]));
  }
  code.append(text.slice(end));
  return code;
}

function ruleName(language: string): string {
  const name = language.toLowerCase();
  if (name === "json") return "json";
  if (["curl", "sh", "bash", "shell", "console"].includes(name)) return "curl";
  return ["javascript", "js", "typescript", "ts", "python", "py"].includes(name) ? "code" : "";
}

export function pre(text: string, language: string, label: string): HTMLPreElement {
  // A box that scrolls must be reachable without a mouse.
  return h("pre", { tabindex: 0, role: "group", "aria-label": label }, highlight(text, language));
}
