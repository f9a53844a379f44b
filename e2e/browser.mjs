// What every browser test needs: the browser, the server's address, and an eye on the page.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox", // containers give a browser no namespaces of its own
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launch() {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no browser at ${CHROMIUM}: install Debian's chromium, or name another in CHROMIUM.`,
    );
  }
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** The server under test, from the environment. Without it nothing may look as if it passed. */
export function requireServer({ needsKey = false } = {}) {
  const base = process.env.BASE_URL?.replace(/\/+$/, "");
  const key = process.env.API_KEY ?? "";
  if (!base || (needsKey && !key)) {
    throw new Error(
      `${base ? "API_KEY" : "BASE_URL"} is not set. Start the server, make a key that may read contacts, then run: ` +
        "BASE_URL=http://127.0.0.1:8080 API_KEY=sk_test_… npm test",
    );
  }
  return { base, key };
}

/** Collects what must never happen: errors on the console, and requests to anywhere else. */
export function watch(page, base) {
  const { origin } = new URL(base);
  const seen = { errors: [], outside: [] };
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin) {
      seen.outside.push(request.url());
    }
  });
  return seen;
}
