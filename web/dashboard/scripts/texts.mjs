// Every text of the desk, as its source says it: what a catalogue must translate.
// As a program: `node scripts/texts.mjs missing de` prints what German lacks, and
// `node scripts/texts.mjs take de FILE` puts the translations of a JSON file into its catalogue.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "svelte/compiler";

const SOURCE = fileURLToPath(new URL("../src", import.meta.url));

/** English to where it stands, and whether it counts. A text that is no literal is a problem. */
export function texts() {
  const found = new Map();
  const problems = [];
  for (const path of sources(SOURCE)) {
    const name = relative(SOURCE, path);
    const source = readFileSync(path, "utf8");
    const whole = path.endsWith(".svelte") ? source : `<script lang="ts">${source}</script>`;
    walk(parse(whole, { modern: true }), (call) => {
      const text = textOf(call);
      if (text === undefined) return;
      if (text === null) problems.push(`${name}: ${call.callee.name}() wants its text in quotes`);
      else if (found.get(text)?.isCounted === (call.callee.name === "t"))
        problems.push(`${name}: "${text}" counts in one place, and does not in another`);
      else found.set(text, { isCounted: call.callee.name !== "t", name });
    });
  }
  return { found, problems };
}

/** The key of a call that says something, null if it cannot be told, undefined if it is none. */
function textOf({ callee, arguments: given }) {
  if (callee.type !== "Identifier") return undefined;
  if (callee.name === "t") return literal(given[0]);
  if (callee.name === "n" && given.length >= 3) return literal(given[2]);
  if (callee.name === "count" && given.length >= 2) {
    if (given[1].type === "Identifier") return undefined; // count() itself, and who hands it on
    const many = given[2] ? literal(given[2]) : literal(given[1], "s");
    return many === null ? null : `{n} ${many}`;
  }
  return undefined;
}

function literal(node, ending = "") {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value + ending : null;
}

function walk(node, hear) {
  if (Array.isArray(node)) for (const one of node) walk(one, hear);
  if (!node || typeof node !== "object" || Array.isArray(node)) return;
  if (node.type === "CallExpression") hear(node);
  for (const [key, value] of Object.entries(node)) if (key !== "loc") walk(value, hear);
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "locale" ? [] : sources(path);
    return /\.(svelte|ts)$/.test(path) && !/\.(test|d)\.ts$/.test(path) ? [path] : [];
  });
}

/** The forms that a language counts in. */
export function formsOf(language) {
  return new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
}

function catalogueOf(language) {
  return join(SOURCE, "locale", `${language}.json`);
}

function main([verb, language, file]) {
  const path = catalogueOf(language);
  const known = JSON.parse(readFileSync(path, "utf8"));
  const { found } = texts();
  if (verb === "missing") {
    const missing = [...found].filter(([text]) => !(text in known));
    const empty = missing.map(([text, { isCounted }]) => [
      text,
      isCounted ? Object.fromEntries(formsOf(language).map((form) => [form, ""])) : "",
    ]);
    console.log(JSON.stringify(Object.fromEntries(empty), null, 2));
  } else if (verb === "take") {
    Object.assign(known, JSON.parse(readFileSync(file, "utf8")));
    const isFit = ([text, said]) => found.get(text)?.isCounted === (typeof said === "object");
    const kept = Object.entries(known).filter(isFit);
    kept.sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(path, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
    console.log(`${language}: ${kept.length} of ${found.size}`);
  } else {
    console.error("Say `missing LANGUAGE`, or `take LANGUAGE FILE`.");
    process.exitCode = 2;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
