// For everyone, and at little cost: keys alone, screen readers, bytes, and the time of the page around.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { stage } from "./stage.mjs";
import { eventually } from "./workspace.mjs";

const LOADER_BYTES_MAX = 3072;
const CHAT_BYTES_MAX = 35 * 1024;
const HOST_MS_MAX = 10;
const RUNS = 5;
const NARROW = { width: 320, height: 640 };
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const OFFLINE_FORM = {
  fields: [{ name: "email", label: "E-mail", type: "email", is_required: true }],
};
/** Two days of the year's rest: closed on every other one, until somebody opens. */
const NEVER = { timezone: "Europe/Lisbon", days: {}, holidays: [] };

const here = stage();

test("before anybody wants to talk, the page gets the loader and tells of itself once", async () => {
  const site = await here.site();
  const context = await here.visitor();
  const asked = [];
  context.on("request", (request) => {
    if (request.url().startsWith(here.base)) asked.push(request);
  });
  const told = context.waitForEvent("response", (response) => response.url().includes("/pageview"));
  const widget = await here.visit(context, site);
  await told;
  await widget.page.waitForLoadState("networkidle");
  const paths = asked.map((request) => new URL(request.url()).pathname);
  assert.deepEqual(paths, [`/widget/${site.key}.js`, "/widget/v1/pageview"]);
  const { responseBodySize: loader } = await asked[0].sizes();
  assert.ok(loader <= LOADER_BYTES_MAX, `the loader is ${loader} bytes on the wire`);

  asked.length = 0;
  await widget.open();
  const files = asked.filter((request) => !request.url().includes("/v1/"));
  const sizes = await Promise.all(files.map((request) => request.sizes()));
  const chat = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  assert.ok(files.length >= 3, "a document, a script and a style");
  assert.ok(chat <= CHAT_BYTES_MAX, `the chat is ${chat} bytes on the wire`);
  console.log(`loader ${loader} bytes, chat ${chat} bytes in ${files.length} files`);
});

test("keys alone: to the launcher, in, write, send, out", async () => {
  const operator = await here.operator();
  const site = await here.site();
  const widget = await here.visit(await here.visitor(), site);
  const { page } = widget;
  const focused = () => page.evaluate(() => document.activeElement.localName);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "a", "the page's own comes first");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "switchboard-chat");
  const closed = await widget.launcher();
  assert.equal(closed["aria-expanded"], "false");
  assert.equal(closed["aria-haspopup"], "dialog");
  assert.equal(closed.mode, "closed");

  await widget.loaded();
  await widget.field.waitFor({ state: "attached" });
  await page.keyboard.press("Enter");
  await widget.isOpen();
  assert.equal((await widget.launcher())["aria-expanded"], "true");
  await widget.frame.locator("textarea:focus").waitFor();
  await page.keyboard.type("By keys alone.");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("In two lines.");
  await page.keyboard.press("Enter");
  const { conversation_id: id } = await operator.hearsMessage("By keys alone.\nIn two lines.");
  await operator.says(id, "I see you.");
  await widget.message("I see you.").waitFor();

  // Every control can be reached, and the round comes back to where it began.
  const seen = new Set();
  for (let at = 0; at < 8; at += 1) {
    seen.add(await widget.frame.evaluate(nameOfFocus));
    await page.keyboard.press("Shift+Tab");
  }
  for (const name of ["Message", "Your data", "Chat options", "Close chat"]) {
    assert.ok(seen.has(name) || name === "Your data", `${name} among ${[...seen].join(", ")}`);
  }
  await widget.field.focus();
  await page.keyboard.press("Escape");
  await widget.isClosed();
  assert.equal(await focused(), "switchboard-chat", "the focus is back at the launcher");
  await page.keyboard.press("Enter");
  await widget.isOpen();
});

function nameOfFocus() {
  const { activeElement: element } = document;
  return element?.ariaLabel ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
}

test("a screen reader is told what it is, what is new, and what is wrong", async () => {
  const { operator, widget, id } = await here.talk();
  const { frame } = widget;
  const dialog = frame.getByRole("dialog");
  assert.equal(await dialog.count(), 1);
  const log = frame.getByRole("log", { name: "Messages" });
  assert.equal(await log.getAttribute("aria-live"), "polite");
  await operator.says(id, "It is.");
  await log.getByText("It is.").waitFor();
  assert.equal(await log.locator('[aria-live="off"]').count(), 1, "one's own words are known");
  assert.equal(await frame.evaluate(() => document.documentElement.lang), "en");
  assert.match(await frame.title(), /Chat, Pennyroot/);

  await frame.getByRole("button", { name: "Chat options" }).click();
  await frame.getByRole("menuitem", { name: "End chat" }).click();
  const sheet = frame.getByRole("alertdialog", { name: "End chat" });
  await sheet.waitFor();
  await widget.page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await widget.isOpen();
});

/** What axe finds in a document. What stands in the frame is a page of its own to it. */
async function assertAccessible(frame, where) {
  await frame.evaluate(AXE);
  const violations = await frame.evaluate(async (selector) => {
    const { violations: all } = await window.axe.run(selector ?? document, { iframes: false });
    return all.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  }, where);
  assert.deepEqual(violations, []);
}

test("axe finds nothing: closed", async () => {
  const context = await here.visitor();
  // The only test that looks through the closed shadow root: axe cannot otherwise.
  await context.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function open(options) {
      return attach.call(this, { ...options, mode: "open" });
    };
  });
  const widget = await here.visit(context, await here.site());
  await assertAccessible(widget.page.mainFrame(), "switchboard-chat");
});

test("axe finds nothing: home", async () => {
  await here.operator();
  const widget = await here.visit(await here.visitor(), await here.site());
  await widget.open();
  await assertAccessible(widget.frame);
});

for (const [name, options, visit] of [
  ["talking", {}, {}],
  ["dark", { colorScheme: "dark" }, {}],
  ["right to left", { locale: "ar" }, { kind: "rtl" }],
  ["on the smallest screen", { viewport: NARROW }, {}],
  ["forced colours", { forcedColors: "active" }, {}],
]) {
  test(`axe finds nothing: ${name}`, async () => {
    const { operator, widget, id } = await here.talk({
      context: await here.visitor(options),
      ...visit,
    });
    await operator.says(id, "It is: https://pennyroot.example/glaze");
    await widget.message("It is:").waitFor();
    operator.types(id);
    await widget.frame.locator(".sw-ty").waitFor();
    await operator.closes(id);
    await widget.frame.locator(".sw-ra").waitFor();
    const { direction, wide } = await widget.frame.evaluate(() => ({
      direction: document.documentElement.dir,
      wide: document.documentElement.scrollWidth - innerWidth,
    }));
    assert.equal(direction, name === "right to left" ? "rtl" : "ltr");
    assert.ok(wide <= 0, `${wide} px too wide`);
    await assertAccessible(widget.frame);
  });
}

test("axe finds nothing: forms, and what is wrong in them", async () => {
  const consent = { text: "Pennyroot may keep this chat.", version: "1", is_required: true };
  const site = await here.site({ pre_chat: { ...OFFLINE_FORM, consent } });
  const widget = await here.visit(await here.visitor(), site);
  await widget.open();
  await assertAccessible(widget.frame);
  await widget.frame.getByRole("button", { name: "Start chat" }).click();
  await widget.frame.getByText("Fill in this field").first().waitFor();
  await assertAccessible(widget.frame);
});

test("axe finds nothing: outside the hours", async () => {
  const site = await here.site({ hours: NEVER, offline: OFFLINE_FORM });
  const widget = await here.visit(await here.visitor(), site);
  await widget.open();
  await widget.frame.getByRole("button", { name: "Leave message" }).waitFor();
  await assertAccessible(widget.frame);
});

/**
 * The tasks of the page's main thread in which the loader runs, whole: with the compiling, styling and
 * layout they bring. In processor time, since the machine has other things to do as well.
 */
async function loaderMs(site) {
  const page = await (await here.visitor()).newPage();
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await here.browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline"],
  });
  const told = page.waitForResponse((response) => response.url().includes("/pageview"));
  await page.goto(here.shop.origin + here.shop.path("shop", site));
  await told;
  const { traceEvents } = JSON.parse(await here.browser.stopTracing());
  const shift = await page.evaluate(() => window.shift);
  await page.close();
  const isOurs = ({ name, args }) =>
    ["EvaluateScript", "FunctionCall"].includes(name) &&
    args?.data?.url?.includes(`/widget/${site.key}.js`);
  const ours = traceEvents.filter(isOurs);
  const holds = (task, { pid, tid, ts }) =>
    task.pid === pid && task.tid === tid && task.ts <= ts && ts <= task.ts + task.dur;
  const tasks = traceEvents.filter(
    (task) => task.name.endsWith("RunTask") && ours.some((event) => holds(task, event)),
  );
  assert.ok(tasks.length >= 2, "the trace shows the loader begin and tell of the page");
  const milliseconds = tasks.reduce((sum, { tdur, dur }) => sum + (tdur ?? dur) / 1000, 0);
  return { milliseconds, shift };
}

test("until it is opened it costs the page at most 10 ms, and moves nothing", async () => {
  const site = await here.site();
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await loaderMs(site));
  const sorted = runs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const median = sorted[Math.floor(RUNS / 2)];
  console.log(`main thread: ${sorted.map((one) => one.toFixed(1)).join(", ")} ms`);
  assert.ok(median <= HOST_MS_MAX, `${median} ms of the page's main thread`);
  assert.deepEqual(
    runs.map(({ shift }) => shift),
    runs.map(() => 0),
  );
});

test("opening and closing it moves nothing of the page", async () => {
  const context = await here.visitor();
  await context.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const { widget } = await here.talk({ context });
  await widget.close();
  await eventually("it is drawn", () =>
    widget.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(true)))),
  );
  assert.equal(await widget.page.evaluate(() => window.shift), 0);
});
