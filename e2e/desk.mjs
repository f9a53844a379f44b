// What the tests of the desk share: a program of its own, people who sit down, and what they see.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { launch, watch } from "./browser.mjs";
import { program } from "./program.mjs";
import { eventually, Workspace } from "./workspace.mjs";

const AXE = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);
const DOCUMENT = new URL("../openapi.json", import.meta.url);
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
const PASSWORD = "kiln glaze tongs ash";

export class Desk {
  /** What the desk has asked the server for, as "GET /v1/…". */
  asked = new Set();
  #contexts = [];
  #people = 0;
  #visitors = 0;

  /** Starts the program with `settings`, and a browser. */
  static async start(settings = {}) {
    const desk = new Desk();
    desk.browser = await launch();
    desk.server = await program({
      SWITCHBOARD_RATE_LIMITS_ENFORCE: "false",
      ...settings,
    });
    desk.workspace = new Workspace(desk.server);
    await desk.workspace.call("PATCH", "/v1/settings", { routing: "manual" });
    return desk;
  }

  async stop() {
    await this.browser?.close();
    await this.server?.stop();
  }

  /** Ends what the last test had open. */
  async clear() {
    await Promise.all(this.#contexts.map((context) => context.close()));
    this.#contexts = [];
  }

  /** Somebody new who sits down at the desk, in a browser of their own. */
  async sitDown(
    name,
    { path = "/app/all", role = "operator", ...options } = {},
  ) {
    const { base } = this.server;
    this.#people += 1;
    const email = `person${this.#people}@pennyroot.example`;
    const invitation = { email, name, access_role: role };
    const { data } = await this.workspace.call(
      "POST",
      "/v1/invitations",
      invitation,
    );
    const token = data.url.split("#")[1];
    const context = await this.browser.newContext({
      viewport: WIDE,
      reducedMotion: "reduce",
      ...options,
    });
    this.#contexts.push(context);
    const joined = await context.request.post(`${base}/v1/invitations/redeem`, {
      data: { token, password: PASSWORD },
    });
    assert.ok(joined.ok(), await joined.text());
    return this.#open(context, base + path);
  }

  /** What `page` shows, in another tab of the same browser. */
  tabBeside(page) {
    return this.#open(page.context(), page.url());
  }

  /** What `page` shows, on another device of the same person. */
  async deviceBeside(page) {
    const context = await this.browser.newContext({
      viewport: WIDE,
      reducedMotion: "reduce",
    });
    this.#contexts.push(context);
    await context.addCookies(await page.context().cookies());
    return this.#open(context, page.url());
  }

  async #open(context, url) {
    const page = await context.newPage();
    page.seen = watch(page, this.server.base);
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/v1/"))
        this.asked.add(`${request.method()} ${pathname}`);
    });
    await page.goto(url);
    await page.locator(".app").waitFor();
    return page;
  }

  /** A conversation that a visitor has begun. */
  async talk(name, ...bodies) {
    this.#visitors += 1;
    const email = `visitor${this.#visitors}@example.com`;
    await this.workspace.call("POST", "/v1/contacts", { email, name });
    const { data } = await this.workspace.call("POST", "/v1/conversations", {
      email,
    });
    for (const body of bodies) await this.say(data.id, body);
    return data.id;
  }

  say(id, body, type = "visitor") {
    return this.workspace.call("POST", `/v1/conversations/${id}/messages`, {
      body,
      type,
    });
  }

  /** Waits for a status: the desk goes on before the server has answered. */
  becomes(id, status) {
    return eventually(
      `it is ${status}`,
      async () => (await this.find(id)).status === status,
    );
  }

  async find(id) {
    return (await this.workspace.call("GET", `/v1/conversations/${id}`)).data;
  }

  async bodies(id) {
    const path = `/v1/conversations/${id}/messages?include_notes=true&limit=100`;
    const { data } = await this.workspace.call("GET", path);
    return data.filter(({ type }) => type !== "system");
  }

  async closeAll() {
    const { data } = await this.workspace.call(
      "GET",
      "/v1/conversations?status=open&limit=100",
    );
    for (const { id } of data) {
      await this.workspace.call("POST", `/v1/conversations/${id}/close`, {});
    }
  }

  /** That the desk has called nothing that the document does not list. */
  assertListed() {
    const { paths } = JSON.parse(readFileSync(DOCUMENT, "utf8"));
    const listed = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((verb) => {
        const pattern = path.replace(/\{[^}]+\}/g, "[^/]+");
        return new RegExp(`^${verb.toUpperCase()} ${pattern}$`);
      }),
    );
    // The gateway is described beside the document, in docs/live.md.
    const unlisted = [...this.asked].filter(
      (call) =>
        !call.includes("/v1/realtime") &&
        !listed.some((pattern) => pattern.test(call)),
    );
    assert.ok(this.asked.size >= 8, [...this.asked].join("\n"));
    assert.deepEqual(unlisted, []);
  }
}

export function assertQuiet({ seen }) {
  assert.deepEqual(seen.errors, [], "the console must stay free of errors");
  assert.deepEqual(seen.outside, [], "no request may leave the origin");
}

/** Waits until the page is there: its script has come, and the rows it first asked for. */
export async function settle(page) {
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page
    .getByText(/^⟦?(Opening|Looking|Öpéñíñg|Löökíñg) …/)
    .first()
    .waitFor({ state: "detached" });
}

/** That axe finds nothing wrong with the page; `what` names it. */
export async function assertWhole(page, what) {
  await settle(page);
  // A content policy of the page's own would refuse a script element.
  const found = await page.evaluate(`(() => { ${AXE}; })(); axe.run()`);
  const broken = found.violations.map(({ id, nodes }) => [
    id,
    nodes.map(({ html }) => html),
  ]);
  assert.deepEqual(broken, [], what);
}

/** That nothing is wider than the screen; `what` names it. */
export async function assertFits(page, what = "the page") {
  const beyond = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  assert.equal(beyond, 0, `${what} is no wider than the screen`);
}
