import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";

const LINES_PER_FILE_MAX = 600;
const LINES_PER_FUNCTION_MAX = 70;

/** The pages show text that others wrote: markup is only ever made of elements, never parsed. */
const MARKUP_FROM_TEXT = ["innerHTML", "outerHTML", "insertAdjacentHTML", "write", "writeln"];

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "dashboard/src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  ...svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      "no-undef": "off", // the type checker knows better
      "prefer-const": "off", // props and bound elements are written by the compiler
      "svelte/no-at-html-tags": "error",
    },
  },
  {
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", LINES_PER_FILE_MAX],
      "max-lines-per-function": ["error", LINES_PER_FUNCTION_MAX],
      "no-eval": "error",
      "no-restricted-properties": [
        "error",
        ...MARKUP_FROM_TEXT.map((property) => ({
          property,
          message: "Build elements with h(): text must never become markup.",
        })),
      ],
    },
  },
  {
    files: ["**/*.test.ts"],
    rules: { "max-lines-per-function": "off" }, // a describe block is one function
  },
  {
    // Every byte of it is on every page of every site: what must be there is taken as there, and the
    // whole runs inside a guard.
    files: ["widget/src/loader/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["dashboard/public/worker.js"], // runs beside the pages, as it is
    languageOptions: {
      globals: Object.fromEntries(
        ["self", "caches", "fetch", "location", "Response", "URL"].map((name) => [
          name,
          "readonly",
        ]),
      ),
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
  },
);
