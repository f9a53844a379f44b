// The operator's desk in a real browser, against the real program.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import {
  assertFits,
  assertQuiet,
  assertWhole,
  Desk,
  PHONE,
  WIDE,
} from "./desk.mjs";
import { PAYLOADS } from "./payloads.mjs";
import { eventually } from "./workspace.mjs";

let desk;

before(async () => {
  desk = await Desk.start();
});
after(() => desk?.stop());
afterEach(() => desk.clear());

const row = (page, name) => page.locator(".row", { hasText: name });
const bubble = (page, text) => page.locator(".bub", { hasText: text });
const press = (page, name) => page.getByRole("button", { name }).click();
const isLive = (page) => page.getByText("Live", { exact: true }).waitFor();
/** A promise, and what keeps it. */
function gate() {
  let open;
  const passed = new Promise((resolve) => (open = resolve));
  return [passed, open];
}
const field = (page) => page.getByRole("textbox", { name: /Reply|Note/ });

test("five conversations are answered and closed without a mouse", async () => {
  await desk.closeAll();
  const ids = [];
  for (const name of ["Anna", "Bela", "Cora", "Dora", "Emil"])
    ids.push(await desk.talk(name, "Hello?"));
  const page = await desk.sitDown("Maya");
  await row(page, "Emil").waitFor();
  let pressed = 0;
  const key = async (name) => {
    pressed += 1;
    await page.keyboard.press(name);
  };
  await key("j");
  for (const number of ids.keys()) {
    await bubble(page, "Hello?").waitFor();
    const open = new URL(page.url()).pathname.split("/").at(-1);
    await key("i");
    await page.locator(".th .sub", { hasText: "Maya" }).waitFor();
    await key("r");
    await page.keyboard.type(`Answer ${number}`);
    await key("Control+Enter");
    await bubble(page, `Answer ${number}`).waitFor();
    await key("Escape");
    await key("e");
    await page.waitForURL((url) => !url.pathname.endsWith(open));
  }
  await page.getByText("No conversation goes on.").waitFor();
  for (const id of ids) {
    await desk.becomes(id, "closed");
    assert.ok((await desk.find(id)).assigned_to);
    assert.equal((await desk.bodies(id)).length, 2);
  }
  assert.ok(pressed <= 1 + 5 * ids.length, `${pressed} keys`);
  assertQuiet(page);
});

test("what was closed by mistake comes back with one press", async () => {
  const id = await desk.talk("Undine", "Wait");
  const page = await desk.sitDown("Maya");
  await row(page, "Undine").click();
  await bubble(page, "Wait").waitFor();
  await page.keyboard.press("e");
  await press(page, "Undo");
  await row(page, "Undine").waitFor();
  await desk.becomes(id, "open");
  await row(page, "Undine").click();
  await bubble(page, "Wait").waitFor();
  await page.keyboard.press("e");
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await desk.becomes(id, "closed");
  await page.keyboard.press("Control+z");
  await desk.becomes(id, "open");
  assertQuiet(page);
});

test("what comes in is told at once, and nothing moves until the reader asks", async () => {
  await desk.closeAll();
  const first = await desk.talk("First", "One");
  const page = await desk.sitDown("Maya");
  await row(page, "First").click();
  await isLive(page);
  await desk.say(first, "Two");
  await bubble(page, "Two").waitFor();
  await desk.talk("Second", "Hello");
  await page.getByRole("button", { name: "1 new" }).waitFor();
  assert.equal(await page.locator(".row").count(), 1);
  await press(page, "1 new");
  await row(page, "Second").waitFor();
  assert.equal(await page.locator(".row").count(), 2);
  await row(page, "Second").locator(".un").waitFor();
  await row(page, "Second").click();
  await row(page, "Second").locator(".un").waitFor({ state: "detached" });
  assertQuiet(page);
});

test("what comes in while a thread is on its way is there when it has come", async () => {
  const id = await desk.talk("Lena", "One");
  const page = await desk.sitDown("Maya");
  await row(page, "Lena").waitFor();
  await isLive(page);
  const [read, isRead] = gate();
  const [held, go] = gate();
  await page.route(`**/conversations/${id}/messages?**`, async (route) => {
    const response = await route.fetch();
    const old = (await response.text()).replace('"One"', '"One, it says"');
    isRead();
    await held;
    await route.fulfill({ response, body: old });
  });
  await row(page, "Lena").click();
  await read;
  await desk.say(id, "Two");
  await bubble(page, "Two").waitFor();
  go();
  await bubble(page, "One, it says").waitFor();
  assert.equal(await bubble(page, "Two").count(), 1);
  assertQuiet(page);
});

test("a conversation that is closed before its answer has gone out stays closed", async () => {
  const id = await desk.talk("Mona", "Quick?");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Quick?").waitFor();
  const [held, go] = gate();
  await page.route(`**/conversations/${id}/messages`, async (route) => {
    await held;
    await route.continue();
  });
  await page.keyboard.press("r");
  await page.keyboard.type("Very");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.waitForURL((url) => !url.pathname.endsWith(id));
  go();
  await eventually(
    "it is said",
    async () => (await desk.bodies(id)).length > 1,
  );
  await desk.becomes(id, "closed");
  await row(page, "Mona").waitFor({ state: "detached" });
  assertQuiet(page);
});

test("an answer that did not arrive says so, stays, and is sent once", async () => {
  const id = await desk.talk("Nora", "Are you there?");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Are you there?").waitFor();
  // It arrives, and its answer is lost.
  let told;
  const lost = new Promise((resolve) => (told = resolve));
  await page.route("**/messages", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    await route.abort();
    told();
  });
  await page.keyboard.press("r");
  await page.keyboard.type("Yes, we are");
  await page.keyboard.press("Control+Enter");
  await lost;
  await page.unroute("**/messages");
  assert.equal((await desk.bodies(id)).length, 2);
  const unsent = page.locator(".unsent");
  // The log may tell that it arrived before anybody presses the button.
  const retry = unsent.getByRole("button", { name: "Retry" });
  await retry.click({ timeout: 2000 }).catch(() => undefined);
  await unsent.waitFor({ state: "detached" });
  assert.equal(await bubble(page, "Yes, we are").count(), 1);
  // What was sent is no draft any more.
  await page.reload();
  await bubble(page, "Yes, we are").waitFor();
  assert.equal(await field(page).inputValue(), "");
  assert.equal((await desk.bodies(id)).length, 2);
});

test("what is sent while the server is away waits, says so, and goes out once it is back", async () => {
  const id = await desk.talk("Olga", "Hello");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Hello").waitFor();
  await page.route("**/v1/**", (route) => route.abort());
  await page.keyboard.press("r");
  await page.keyboard.type("Never lost");
  await page.keyboard.press("Control+Enter");
  const waits = "Waits. The server could not be reached.";
  await page.locator(".unsent", { hasText: waits }).waitFor();
  assert.equal((await desk.bodies(id)).length, 1);
  await page.unroute("**/v1/**");
  await page.reload();
  await bubble(page, "Never lost").waitFor();
  await eventually(
    "it arrives",
    async () => (await desk.bodies(id)).at(-1).body === "Never lost",
  );
  await page.locator(".unsent").waitFor({ state: "detached" });
  assert.equal((await desk.bodies(id)).length, 2);
  assert.equal(await field(page).inputValue(), "");
});

test("drafts of a reply and of a note are two, and a note never reaches the visitor", async () => {
  const id = await desk.talk("Petra", "Hello");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Hello").waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("To the visitor");
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  assert.equal(await field(page).inputValue(), "");
  await page.keyboard.type("To the team");
  await page.reload();
  await bubble(page, "Hello").waitFor();
  assert.equal(await field(page).inputValue(), "To the visitor");
  await press(page, "Note");
  assert.equal(await field(page).inputValue(), "To the team");
  await field(page).press("Control+Enter");
  await page.locator(".note", { hasText: "Internal note" }).waitFor();
  const kinds = (await desk.bodies(id)).map(({ type }) => type);
  assert.deepEqual(kinds, ["visitor", "note"]);
  assertQuiet(page);
});

test("two at one conversation see each other, and none answers over the other unawares", async () => {
  const id = await desk.talk("Quinn", "Who has it?");
  const maya = await desk.sitDown("Maya Lindqvist", { path: `/app/all/${id}` });
  await isLive(maya);
  const ben = await desk.sitDown("Ben Okafor", { path: `/app/all/${id}` });
  await maya.getByText("Ben Okafor is viewing").waitFor();
  // Ben is not told what happens from here on.
  const deaf = await desk.sitDown("Carl Deaf", { path: "/app/all" });
  await deaf.routeWebSocket(/realtime/, () => undefined);
  await deaf.route("**/realtime/**", (route) => route.abort());
  await deaf.goto(`${desk.server.base}/app/all/${id}`);
  await bubble(deaf, "Who has it?").waitFor();
  await field(maya).fill("I have it");
  await field(maya).press("Control+Enter");
  await bubble(ben, "I have it").waitFor();
  await field(deaf).fill("I have it, too");
  await field(deaf).press("Control+Enter");
  await press(deaf, "Send anyway");
  await eventually(
    "all three are there",
    async () => (await desk.bodies(id)).length === 3,
  );
  assertQuiet(maya);
  assertQuiet(ben);
});

test("every action is in the palette and on the sheet, and its keys do it", async () => {
  const id = await desk.talk("Rosa", "Hello");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Hello").waitFor();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "All shortcuts" });
  const titles = await sheet.locator("li > span.grow").allTextContents();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  const options = (
    await page.getByRole("option").locator("span.grow").allTextContents()
  ).map((title) => title.replace(" …", ""));
  const elsewhere = [
    "Command palette",
    "Undo what was done last",
    "Reopen",
    "Send",
    "Send and close",
    "Leave the field",
  ];
  assert.deepEqual(
    titles.filter((title) => !options.includes(title)),
    elsewhere,
  );
  // From the palette into a choice, by keyboard alone.
  await page.keyboard.type("assign to …");
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: /\(you\)/ }).waitFor();
  await page.keyboard.type("you");
  await page.keyboard.press("Enter");
  await eventually(
    "it is assigned",
    async () => (await desk.find(id)).assigned_to,
  );
  await page.keyboard.press("p");
  await page.keyboard.type("urgent");
  await page.keyboard.press("Enter");
  await eventually(
    "it is urgent",
    async () => (await desk.find(id)).priority === "urgent",
  );
  await page.keyboard.press("s");
  await page.keyboard.type("reply");
  await page.keyboard.press("Enter");
  await eventually("it sleeps", async () => (await desk.find(id)).is_snoozed);
  await row(page, "Rosa").waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await row(page, "Rosa").waitFor();
  assertQuiet(page);
});

test("what others wrote is text everywhere", async () => {
  await desk.closeAll();
  const page = await desk.sitDown("Maya");
  await isLive(page);
  for (const [number, payload] of PAYLOADS.slice(0, 24).entries()) {
    const id = await desk.talk(payload.slice(0, 200), payload);
    await desk.workspace.call("PATCH", `/v1/conversations/${id}`, {
      subject: payload.slice(0, 200),
      tags: [`t${number}`],
    });
  }
  await page.reload();
  await page.locator(".row").first().waitFor();
  for (let step = 0; step < 24; step += 1) {
    await page.keyboard.press("j");
    await page.locator(".bub").first().waitFor();
  }
  const ran = await page.evaluate(() => globalThis.__xss ?? null);
  assert.equal(ran, null);
  assert.deepEqual(page.seen.outside, []);
  assert.deepEqual(
    page.seen.errors.filter((text) => !text.startsWith("Failed to load")),
    [],
  );
});

test("whoever is not signed in comes back to where they were going", async () => {
  const context = await desk.browser.newContext({ viewport: WIDE });
  const page = await context.newPage();
  await page.goto(`${desk.server.base}/app/closed`);
  await page.waitForURL((url) => url.pathname === "/login");
  assert.equal(new URL(page.url()).searchParams.get("next"), "/app/closed");
});

test("the desk is whole for axe, in light and dark, wide and on a phone", async () => {
  const id = await desk.talk("Tessa Violet", "Hello there");
  await desk.say(id, "An internal word", "note");
  for (const [colorScheme, viewport] of [
    ["light", WIDE],
    ["dark", WIDE],
    ["light", PHONE],
    ["dark", PHONE],
  ]) {
    const page = await desk.sitDown("Axel", {
      path: `/app/all/${id}`,
      colorScheme,
      viewport,
    });
    await bubble(page, "Hello there").waitFor();
    const check = (what) =>
      assertWhole(page, `${what}, ${colorScheme}, ${viewport.width}`);
    await check("thread");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await check("palette");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await check("shortcuts");
    await page.keyboard.press("Escape");
    if (viewport === PHONE) {
      await press(page, "Back to the list");
      await row(page, "Tessa Violet").waitFor();
      await check("list");
      await assertFits(page);
    }
  }
});

test("the desk calls nothing that the document does not list", () =>
  desk.assertListed());
