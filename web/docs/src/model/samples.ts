// The same request in three languages. Every value is quoted for the language it stands in.
import { formatJson } from "./json.ts";
import type { Request } from "./request.ts";

export type Language = "curl" | "JavaScript" | "Python";
export const LANGUAGES: readonly Language[] = ["curl", "JavaScript", "Python"];

const TIMEOUT_SECONDS = 30;
const JAVASCRIPT_INDENT = 2;
const PYTHON_INDENT = 4;

export function sample(language: Language, request: Request, hasAnswer: boolean): string {
  if (language === "curl") return curl(request);
  return language === "JavaScript" ? javascript(request, hasAnswer) : python(request, hasAnswer);
}

/** Single quotes: a shell expands nothing inside them. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function curl(request: Request): string {
  const { method, payload } = request;
  const isPlain = /^[\w:/.,=%-]+$/.test(request.url);
  const url = isPlain ? request.url : shellQuote(request.url);
  const isImplied = method === "GET" || (method === "POST" && payload.kind !== "none");
  const head = method === "HEAD" ? "curl -I" : isImplied ? "curl" : `curl -X ${method}`;
  const lines = [`${head} ${url}`];
  for (const [name, value] of request.headers) lines.push(`-H ${shellQuote(`${name}: ${value}`)}`);
  if (payload.kind === "json" || payload.kind === "text") {
    // -d would eat the line breaks of a file; JSON does not mind, CSV does.
    const flag = payload.kind === "json" ? "-d" : "--data-binary";
    lines.push(`${flag} ${shellQuote(payload.text)}`);
  } else if (payload.kind === "form") {
    for (const [name, value] of payload.fields) {
      lines.push(`--data-urlencode ${shellQuote(`${name}=${value}`)}`);
    }
  } else if (payload.kind === "multipart") {
    for (const [name, value, isFile] of payload.fields) {
      lines.push(`-F ${shellQuote(isFile ? `${name}=@${name}.dat` : `${name}=${value}`)}`);
    }
  }
  return lines.map((line) => indentTail(line, "  ")).join(" \\\n  ");
}

function indentTail(text: string, by: string): string {
  // Only JSON may be indented; the bytes of any other body are the caller's own.
  return text.startsWith("-d ") ? text.replaceAll("\n", `\n${by}`) : text;
}

function javascript(request: Request, hasAnswer: boolean): string {
  const options: string[] = [];
  const { payload } = request;
  const lines: string[] = [];
  if (request.method !== "GET") options.push(`method: ${quote(request.method)}`);
  if (request.headers.length > 0) {
    const inner = request.headers.map(([name, value]) => `    ${quote(name)}: ${quote(value)},`);
    options.push(`headers: {\n${inner.join("\n")}\n  }`);
  }
  if (payload.kind === "json") {
    const literal = jsonLiteral(payload.text, JAVASCRIPT_INDENT);
    options.push(
      literal === undefined
        ? `body: ${quote(payload.text)}`
        : `body: JSON.stringify(${literal.replaceAll("\n", "\n  ")})`,
    );
  } else if (payload.kind === "text") {
    options.push(`body: ${quote(payload.text)}`);
  } else if (payload.kind === "form") {
    const pairs = payload.fields.map(([name, value]) => `    ${quote(name)}: ${quote(value)},`);
    options.push(`body: new URLSearchParams({\n${pairs.join("\n")}\n  })`);
  } else if (payload.kind === "multipart") {
    lines.push("const form = new FormData();");
    for (const [name, value, isFile] of payload.fields) {
      const what = isFile ? "fileInput.files[0]" : quote(value);
      lines.push(`form.append(${quote(name)}, ${what});`);
    }
    options.push("body: form");
  }
  const tail = options.length > 0 ? `, {\n  ${options.join(",\n  ")},\n}` : "";
  lines.push(`const response = await fetch(${quote(request.url)}${tail});`);
  lines.push("if (!response.ok) throw new Error(await response.text());");
  if (hasAnswer) lines.push("const result = await response.json();");
  return lines.join("\n");
}

function python(request: Request, hasAnswer: boolean): string {
  const { payload } = request;
  const args = [quote(request.url)];
  const setsType = payload.kind === "json" || payload.kind === "form";
  const headers = request.headers.filter(([name]) => !(setsType && name === "Content-Type"));
  if (headers.length > 0) {
    const inner = headers.map(([name, value]) => `${quote(name)}: ${quote(value)}`);
    const joined =
      inner.length === 1 ? inner.join("") : `\n        ${inner.join(",\n        ")},\n    `;
    args.push(`headers={${joined}}`);
  }
  if (payload.kind === "json") {
    const literal = pythonLiteral(payload.text);
    args.push(
      literal === undefined
        ? `data=${quote(payload.text)}`
        : `json=${literal.replaceAll("\n", "\n    ")}`,
    );
  } else if (payload.kind === "text") {
    args.push(`data=${quote(payload.text)}.encode()`);
  } else if (payload.kind === "form") {
    args.push(`data={${payload.fields.map(pair).join(", ")}}`);
  } else if (payload.kind === "multipart") {
    const files = payload.fields.filter(([, , isFile]) => isFile);
    const plain = payload.fields.filter(([, , isFile]) => !isFile);
    if (plain.length > 0) args.push(`data={${plain.map(([n, v]) => pair([n, v])).join(", ")}}`);
    const opened = files.map(([name]) => `${quote(name)}: open(${quote(`${name}.dat`)}, "rb")`);
    args.push(`files={${opened.join(", ")}}`);
  }
  args.push(`timeout=${String(TIMEOUT_SECONDS)}`);
  const call = `requests.${request.method.toLowerCase()}(\n    ${args.join(",\n    ")},\n)`;
  const lines = ["import requests", "", `response = ${call}`, "response.raise_for_status()"];
  if (hasAnswer) lines.push("result = response.json()");
  return lines.join("\n");
}

function pair([name, value]: [string, string]): string {
  return `${quote(name)}: ${quote(value)}`;
}

/** JSON's way of writing a string is also JavaScript's and Python's. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function jsonLiteral(text: string, indent: number): string | undefined {
  try {
    return formatJson(JSON.parse(text), indent);
  } catch {
    return undefined; // the reader's own text, sent as it stands
  }
}

export function pythonLiteral(text: string): string | undefined {
  const json = jsonLiteral(text, PYTHON_INDENT);
  if (json === undefined) return undefined;
  // Strings are matched first and kept, so only bare words are translated.
  return json.replace(/"(?:\\.|[^"\\])*"|\b(?:true|false|null)\b/g, (word) => {
    if (word === "true") return "True";
    if (word === "false") return "False";
    return word === "null" ? "None" : word;
  });
}
