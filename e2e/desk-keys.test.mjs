// The desk by keyboard: shortcuts that are changed, other layouts, input methods, and whole tasks without a mouse.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { assertFits, assertQuiet, assertWhole, Desk, PHONE } from "./desk.mjs";
import { eventually } from "./workspace.mjs";

const KEYBOARD = "/app/settings/keyboard";
const MANY = 20;
/** What triage of one conversation may take: the macro, its name, sending. */
const PRESSES_EACH = 4;
const TRIAGE_MS_MAX = 60_000;

let desk;

before(async () => {
  desk = await Desk.start();
});
after(() => desk?.stop());
afterEach(() => desk.clear());

const row = (page, name) => page.locator(".row", { hasText: name });
const bubble = (page, text) => page.locator(".bub", { hasText: text });
const field = (page) => page.getByRole("textbox", { name: /Reply|Note/ });
const listed = (page, id) => page.locator(`[data-action="${id}"]`);
const keysOf = (page, id) => listed(page, id).locator("td").nth(1);
const dialog = (page) => page.getByRole("dialog");
const gone = (page) => page.locator("dialog").waitFor({ state: "detached" });
const says = (page, text) => page.locator(".notices", { hasText: text });
const press = (page, name) =>
  page.getByRole("button", { name, exact: true }).click();

/** Opens the question for a new shortcut, and presses it. */
async function read(page, id, ...keys) {
  await listed(page, id).getByRole("button", { name: "Change" }).click();
  for (const key of keys) await page.keyboard.press(key);
}

async function rebind(page, id, ...keys) {
  await read(page, id, ...keys);
  await page.keyboard.press("Enter");
  await gone(page);
}

/** Presses a key of another layout, as the browser hears it. */
async function strike(page, { key, code, shift = false, ...more }) {
  page.cdp ??= await page.context().newCDPSession(page);
  const press = { key, code, modifiers: shift ? 8 : 0, ...more };
  await page.cdp.send("Input.dispatchKeyEvent", {
    type: "rawKeyDown",
    ...press,
  });
  await page.cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...press });
}

/** That what has the cursor can be seen, and nothing lies over it. */
async function assertSeen(page) {
  const found = await page.evaluate(() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return { name: "nothing" };
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    // A field shows where it is by its caret, and by the ring around its box.
    const isField = at.matches(
      "textarea, input:not([type=checkbox], [type=radio])",
    );
    const isRinged = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    const { left, top, width, height } = at.getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    const isFree = over !== null && (at.contains(over) || over.contains(at));
    return {
      name: at.outerHTML.slice(0, 160),
      isSeen: isField || isRinged,
      isFree,
    };
  });
  assert.ok(found.isSeen, `it is seen where the cursor is: ${found.name}`);
  assert.ok(found.isFree, `nothing lies over ${found.name}`);
}

test("a shortcut is changed, used, shown everywhere, and is there after a reload", async () => {
  const id = await desk.talk("Rema Key", "Change me");
  const page = await desk.sitDown("Maya", { path: KEYBOARD });
  await rebind(page, "close", "y");
  assert.equal(await keysOf(page, "close").innerText(), "Y");
  await rebind(page, "view-closed", "z", "c");
  await page.reload();
  await listed(page, "close").waitFor();
  assert.equal(await keysOf(page, "close").innerText(), "Y");

  await page.goto(`${desk.server.base}/app/all/${id}`);
  await bubble(page, "Change me").waitFor();
  const hint = page.locator(".hints span", { hasText: /Close$/ });
  assert.equal(await hint.locator("kbd").innerText(), "Y");
  await page.keyboard.press("?");
  const onSheet = dialog(page)
    .locator("li", { hasText: /^Close/ })
    .first();
  assert.match(await onSheet.innerText(), /Close\s*Y/);
  await page.keyboard.press("Escape");
  await gone(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("close");
  const option = page.getByRole("option", { name: /^Close/ }).first();
  assert.match(await option.innerText(), /Close\s*Y/);
  await page.keyboard.press("Escape");
  await gone(page);

  await page.keyboard.press("e");
  await page.keyboard.press("n");
  await field(page).waitFor();
  assert.equal((await desk.find(id)).status, "open", "its usual key is free");
  await page.keyboard.press("Escape");
  await page.keyboard.press("y");
  await row(page, "Rema Key").waitFor({ state: "detached" });
  await desk.becomes(id, "closed");
  await page.keyboard.press("z");
  await page.keyboard.press("c");
  await page.waitForURL((url) => url.pathname === "/app/closed");
  assertQuiet(page);
});

test("another tab of the browser has the change at once", async () => {
  const page = await desk.sitDown("Maya", { path: KEYBOARD });
  const other = await page.context().newPage();
  await other.goto(`${desk.server.base}/app/all`);
  const hint = other.locator(".hints span", { hasText: /Close$/ });
  await hint.waitFor();
  await rebind(page, "close", "y");
  await hint.filter({ hasText: "Y" }).waitFor();
  assertQuiet(page);
});

test("whose a shortcut is is said, and it can be taken, given back, and left away", async () => {
  const page = await desk.sitDown("Maya", { path: KEYBOARD });
  await read(page, "close", "r");
  await dialog(page).getByText("“Reply” has it.").waitFor();
  await press(page, "Cancel");
  await gone(page);
  assert.equal(await keysOf(page, "close").innerText(), "E", "nothing changed");

  await read(page, "close", "r");
  await press(page, "Take it");
  await gone(page);
  assert.equal(await keysOf(page, "close").innerText(), "R");
  assert.equal(await keysOf(page, "reply").innerText(), "None");
  await says(page, "“Close” has it now, and “Reply” gave it up.").waitFor();
  await press(page, "Undo");
  assert.equal(await keysOf(page, "reply").innerText(), "R");
  assert.equal(await keysOf(page, "close").innerText(), "E");

  // Two letters may be the shortcut, as long as none of them does something alone.
  await read(page, "close", "r", "y");
  await dialog(page)
    .getByText("The shortcut of “Reply” gets in its way.")
    .waitFor();
  await page.keyboard.press("Escape");
  await gone(page);

  // One that others begin with would keep them from being heard.
  await read(page, "close", "g");
  await dialog(page)
    .getByText("and others have it, or begin with it")
    .waitFor();
  await page.keyboard.press("Escape");
  await gone(page);

  await read(page, "close", "r");
  await press(page, "Take it");
  await gone(page);
  await press(page, "Reply: back to the usual");
  assert.equal(await keysOf(page, "reply").innerText(), "R");
  assert.equal(await keysOf(page, "close").innerText(), "None");
  await press(page, "Close: back to the usual");
  assert.equal(await keysOf(page, "close").innerText(), "E");

  await read(page, "note");
  await press(page, "No shortcut");
  await gone(page);
  assert.equal(await keysOf(page, "note").innerText(), "None");
  await press(page, "All back to the usual");
  assert.equal(await keysOf(page, "note").innerText(), "N");
  await says(page, "All shortcuts are as usual.").waitFor();
  assert.ok(
    await page
      .getByRole("button", { name: "All back to the usual" })
      .isDisabled(),
  );
  assertQuiet(page);
});

test("what a browser keeps for itself, and what the page is used with, is refused with the reason", async () => {
  const page = await desk.sitDown("Maya", { path: KEYBOARD });
  await listed(page, "close").getByRole("button", { name: "Change" }).click();
  const refused = [
    ["Control+w", "Your browser keeps that for itself"],
    ["Control+t", "Your browser keeps that for itself"],
    ["Control+n", "Your browser keeps that for itself"],
    ["Control+1", "Your browser keeps that for itself"],
    ["F5", "Your browser keeps that for itself"],
    ["Control+v", "That is needed while you write"],
    ["Space", "The page itself is used with that"],
    ["PageDown", "The page itself is used with that"],
  ];
  for (const [key, reason] of refused) {
    await page.keyboard.press("Backspace");
    await page.keyboard.press(key);
    await dialog(page).getByText(reason).waitFor();
    await page.keyboard.press("Enter");
    await dialog(page).getByText(reason).waitFor();
  }
  await assertWhole(page, "a refused shortcut");
  // What opens the palette elsewhere is only read here.
  await page.keyboard.press("Control+k");
  await dialog(page).getByText("“Command palette” has it.").waitFor();
  assert.equal(await dialog(page).count(), 1);
  await page.keyboard.press("Escape");
  await gone(page);
  assert.equal(await keysOf(page, "close").innerText(), "E");
  assertQuiet(page);
});

test("with single keys off, only what is held with Ctrl or Alt does something", async () => {
  const id = await desk.talk("Sila Single", "Do not touch me");
  const page = await desk.sitDown("Maya", { path: KEYBOARD });
  await page.getByText("do something when they are pressed alone").click();
  await read(page, "close", "y");
  await dialog(page).getByText("Single keys are off").waitFor();
  await page.keyboard.press("Alt+y");
  await page.keyboard.press("Enter");
  await gone(page);
  await page.goto(`${desk.server.base}/app/all/${id}`);
  await bubble(page, "Do not touch me").waitFor();
  assert.equal(
    await page.locator(".hints span", { hasText: "Reply" }).count(),
    0,
    "no key is hinted at that does nothing",
  );
  for (const key of ["e", "r", "i", "!", "s", "?", "g", "c"])
    await page.keyboard.press(key);
  await page.keyboard.press("Control+k");
  await dialog(page).waitFor();
  assert.equal(await dialog(page).count(), 1);
  await page.keyboard.press("Escape");
  await gone(page);
  const before = await desk.find(id);
  assert.deepEqual(
    [before.status, before.assigned_to ?? null, before.is_spam],
    ["open", null, false],
  );
  await page.keyboard.press("Alt+y");
  await row(page, "Sila Single").waitFor({ state: "detached" });
  await desk.becomes(id, "closed");
  assertQuiet(page);
});

/** What the key that closes, the one that takes notes, the sheet and the list send on each layout. */
const LAYOUTS = {
  Russian: {
    n: { key: "т", code: "KeyN" },
    "?": { key: ",", code: "Slash", shift: true, instead: "Digit7" },
    g: { key: "п", code: "KeyG" },
    c: { key: "с", code: "KeyC" },
    k: { key: "л", code: "KeyK" },
  },
  Greek: {
    n: { key: "ν", code: "KeyN" },
    g: { key: "γ", code: "KeyG" },
    c: { key: "ψ", code: "KeyC" },
    k: { key: "κ", code: "KeyK" },
  },
  Hebrew: {
    n: { key: "מ", code: "KeyN" },
    g: { key: "ע", code: "KeyG" },
    c: { key: "ב", code: "KeyC" },
    k: { key: "ל", code: "KeyK" },
  },
  Arabic: {
    n: { key: "ى", code: "KeyN" },
    g: { key: "ل", code: "KeyG" },
    c: { key: "ؤ", code: "KeyC" },
    k: { key: "ن", code: "KeyK" },
  },
  AZERTY: {
    n: { key: "n", code: "KeyN" },
    g: { key: "g", code: "KeyG" },
    c: { key: "c", code: "KeyC" },
    k: { key: "k", code: "KeyK" },
  },
  Dvorak: {
    n: { key: "n", code: "KeyL" },
    g: { key: "g", code: "KeyU" },
    c: { key: "c", code: "KeyI" },
    k: { key: "k", code: "KeyV" },
  },
};

for (const [layout, keys] of Object.entries(LAYOUTS)) {
  test(`the shortcuts work on a keyboard that writes ${layout}`, async () => {
    const id = await desk.talk(`Lay ${layout}`, "Which key?");
    const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
    await bubble(page, "Which key?").waitFor();
    await strike(page, keys.n);
    await page.getByRole("textbox", { name: "Note for the team" }).waitFor();
    await eventually("the cursor is there", () =>
      field(page).evaluate((one) => one === document.activeElement),
    );
    // What is a shortcut elsewhere is a letter here.
    await strike(page, keys.g);
    await strike(page, keys.c);
    assert.match(page.url(), new RegExp(`${id}$`));
    // Held with Ctrl it works everywhere.
    await strike(page, { ...keys.k, modifiers: 2 });
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await gone(page);
    await page.keyboard.press("Escape");
    await strike(page, keys.g);
    await strike(page, keys.c);
    await page.waitForURL((url) => url.pathname === "/app/contacts");
    assertQuiet(page);
  });
}

test("on AZERTY the signs and digits are where that layout has them", async () => {
  const page = await desk.sitDown("Maya", { path: KEYBOARD });
  await listed(page, "theme").getByRole("button", { name: "Change" }).click();
  await strike(page, { key: "1", code: "Digit1", shift: true });
  await page.keyboard.press("Enter");
  await gone(page);
  assert.equal(await keysOf(page, "theme").innerText(), "1");
  const theme = () =>
    page.evaluate(() => document.documentElement.dataset.theme);
  await strike(page, { key: "&", code: "Digit1" });
  assert.equal(await theme(), "dark");
  await strike(page, { key: "1", code: "Digit1", shift: true });
  assert.equal(await theme(), "light");
  await strike(page, { key: "?", code: "KeyM", shift: true });
  await dialog(page).waitFor();
  assertQuiet(page);
});

test("nothing happens while an input method puts a character together", async () => {
  const id = await desk.talk("Ime Kana", "こんにちは");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "こんにちは").waitFor();
  // On the page itself, an input method takes the key before the desk hears of it.
  for (const code of ["KeyE", "KeyI", "KeyR", "KeyS"]) {
    const taken = { key: "Process", code, windowsVirtualKeyCode: 229 };
    await strike(page, taken);
  }
  await page.keyboard.press("r");
  await eventually("the cursor is there", () =>
    field(page).evaluate((one) => one === document.activeElement),
  );
  const { cdp } = page;
  const taken = { key: "Process", code: "KeyE", windowsVirtualKeyCode: 229 };
  const compose = async (text) => {
    await strike(page, taken);
    await cdp.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  };
  await compose("え");
  await compose("えe");
  // Enter takes the proposal, Escape leaves it: neither sends, nor leaves the field.
  await strike(page, {
    key: "Enter",
    code: "Enter",
    windowsVirtualKeyCode: 229,
    modifiers: 2,
  });
  await strike(page, {
    key: "Escape",
    code: "Escape",
    windowsVirtualKeyCode: 229,
  });
  await strike(page, {
    key: "k",
    code: "KeyK",
    windowsVirtualKeyCode: 229,
    modifiers: 2,
  });
  assert.equal(await dialog(page).count(), 0, "no palette");
  assert.ok(
    await field(page).evaluate((one) => one === document.activeElement),
    "the cursor stays",
  );
  await cdp.send("Input.insertText", { text: "絵" });
  assert.equal(await field(page).inputValue(), "絵");
  const now = await desk.find(id);
  assert.deepEqual(
    [now.status, now.assigned_to ?? null, (await desk.bodies(id)).length],
    ["open", null, 1],
  );
  // Once the word is there, the keys are ours again.
  await page.keyboard.press("Control+Enter");
  await bubble(page, "絵").waitFor();
  assertQuiet(page);
});

test("no single key does anything in a field, a list to choose from, or behind a question", async () => {
  const page = await desk.sitDown("Maya", { path: "/app/settings/macros" });
  const here = page.url();
  await press(page, "Create macro");
  await dialog(page).getByLabel("Name").press("g");
  await page.keyboard.press("i");
  assert.equal(await dialog(page).getByLabel("Name").inputValue(), "gi");
  await dialog(page).getByRole("button", { name: "Close" }).focus();
  for (const key of ["g", "i", "?", "Shift+T"]) await page.keyboard.press(key);
  assert.equal(await dialog(page).count(), 1);
  assert.equal(page.url(), here);
  await page.keyboard.press("Escape");
  await gone(page);
  await page.goto(`${desk.server.base}/app/settings/appearance`);
  const select = page.getByLabel("Language");
  await select.focus();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  assert.match(page.url(), /appearance$/);
  // What others put into the page to be written in, too.
  await page.evaluate(() => {
    const box = document.createElement("div");
    box.contentEditable = "true";
    box.append(document.createElement("b"));
    document.body.append(box);
    box.focus();
  });
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  assert.match(page.url(), /appearance$/);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.waitForURL((url) => url.pathname === "/app/mine");
  assertQuiet(page);
});

test("conversations are picked, one after the other, and let go", async () => {
  await desk.closeAll();
  for (const name of ["Pia", "Quin", "Rolf"]) await desk.talk(name, "Pick me");
  const page = await desk.sitDown("Maya");
  await row(page, "Pia").waitFor();
  const picked = async () => page.locator(".row.is-picked b").allTextContents();
  await page.keyboard.press("x");
  assert.deepEqual(await picked(), ["Rolf"]);
  await page.keyboard.press("Shift+J");
  await page.keyboard.press("Shift+J");
  assert.deepEqual(await picked(), ["Rolf", "Quin", "Pia"]);
  await page.getByText("3 picked", { exact: true }).waitFor();
  await page.keyboard.press("Shift+K");
  assert.deepEqual(await picked(), ["Rolf", "Quin"], "going back lets go");
  await page.keyboard.press("x");
  assert.deepEqual(await picked(), ["Rolf"]);
  await assertWhole(page, "picked");
  await page.keyboard.press("Escape");
  assert.deepEqual(await picked(), []);
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => url.pathname === "/app/all");
  await page.keyboard.press("x");
  await page.keyboard.press("g");
  await page.keyboard.press("u");
  await row(page, "Pia").waitFor();
  assert.deepEqual(await picked(), [], "another view begins anew");
  assertQuiet(page);
});

test("the panes beside the thread are put away, and stay away", async () => {
  const id = await desk.talk("Pane", "More room");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "More room").waitFor();
  const views = page.locator(".app > .views");
  const contact = page.locator(".inbox > .contact");
  const before = await page.locator(".thread").boundingBox();
  await page.keyboard.press("[");
  await views.waitFor({ state: "hidden" });
  await page.keyboard.press("]");
  await contact.waitFor({ state: "hidden" });
  const wide = await page.locator(".thread").boundingBox();
  assert.ok(wide.width > before.width + 400, `${wide.width} px`);
  await page.reload();
  await bubble(page, "More room").waitFor();
  assert.ok(await views.isHidden());
  await assertWhole(page, "without panes");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.getByRole("region", { name: "Contacts" }).waitFor();
  assert.ok(await views.isVisible(), "other places keep theirs");
  await page.goBack();
  await bubble(page, "More room").waitFor();
  await page.keyboard.press("[");
  await page.keyboard.press("]");
  await views.waitFor();
  await contact.waitFor();
  assertQuiet(page);
});

test("twenty conversations are read, answered by a macro, assigned and closed without a mouse", async () => {
  await desk.closeAll();
  await desk.workspace.call("POST", "/v1/macros", {
    name: "Got it",
    body: "Thank you, we are on it.",
    actions: [{ do: "assign", to: "me" }, { do: "close" }],
  });
  const ids = [];
  for (let number = 0; number < MANY; number += 1)
    ids.push(await desk.talk(`Visitor ${number}`, `Question ${number}.`));
  const page = await desk.sitDown("Maya");
  await row(page, "Visitor 19").waitFor();
  let pressed = 0;
  const key = async (name) => {
    pressed += 1;
    await page.keyboard.press(name);
  };
  const began = Date.now();
  await key("j");
  for (let left = MANY; left > 0; left -= 1) {
    await bubble(page, `Question ${left - 1}.`).waitFor();
    const open = new URL(page.url()).pathname.split("/").at(-1);
    await key("m");
    await page.getByRole("option", { name: "Got it" }).waitFor();
    await key("Enter");
    await eventually("the words are there", async () =>
      /on it/.test(await field(page).inputValue()),
    );
    await key("Control+Enter");
    await page.waitForURL((url) => !url.pathname.endsWith(open));
  }
  const took = Date.now() - began;
  await page.getByText("No conversation goes on.").waitFor();
  for (const id of ids) {
    await desk.becomes(id, "closed");
    assert.ok((await desk.find(id)).assigned_to);
    assert.equal((await desk.bodies(id)).length, 2);
  }
  assert.ok(pressed <= 1 + PRESSES_EACH * MANY, `${pressed} presses`);
  assert.ok(took <= TRIAGE_MS_MAX, `${took} ms`);
  console.log(`# ${MANY} conversations: ${pressed} presses, ${took} ms`);
  assertQuiet(page);
});

test("assigning, answering, closing and searching need no mouse, and the cursor is always seen", async () => {
  await desk.closeAll();
  const id = await desk.talk("Kay Board", "Where is the blue teapot?");
  const page = await desk.sitDown("Maya");
  await row(page, "Kay Board").waitFor();
  await page.keyboard.press("j");
  await bubble(page, "blue teapot").waitFor();
  await page.keyboard.press("a");
  await page.getByRole("option", { name: /\(you\)/ }).waitFor();
  await assertSeen(page);
  await page.keyboard.type("maya");
  await page.keyboard.press("Enter");
  await gone(page);
  await eventually(
    "it is assigned",
    async () => (await desk.find(id)).assigned_to,
  );
  await page.keyboard.press("r");
  await page.keyboard.type("On the shelf");
  await assertSeen(page);
  await page.keyboard.press("Control+Enter");
  await bubble(page, "On the shelf").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await row(page, "Kay Board").waitFor({ state: "detached" });
  await desk.becomes(id, "closed");

  await page.keyboard.press("/");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.type("teapot");
  const hit = page.locator(".list a", { hasText: "teapot" }).first();
  await hit.waitFor();
  const isThere = () => hit.evaluate((one) => one === document.activeElement);
  for (let step = 0; step < 4 && !(await isThere()); step += 1) {
    await page.keyboard.press("Tab");
    await assertSeen(page);
  }
  await page.keyboard.press("Enter");
  await bubble(page, "blue teapot").waitFor();
  assert.match(page.url(), new RegExp(id));
  assertQuiet(page);
});

test("Tab leads through the whole inbox and the page of the keyboard, and is seen at every stop", async () => {
  const id = await desk.talk("Tab Stop", "Round we go");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Round we go").waitFor();
  for (const path of [`/app/all/${id}`, KEYBOARD]) {
    await page.goto(desk.server.base + path);
    await page.locator(".sheet, .page").first().waitFor();
    await page.locator("h1").first().waitFor();
    let stops = 0;
    const atEnd = () =>
      page.evaluate(() => document.activeElement === document.body);
    for (; stops < 250; stops += 1) {
      await page.keyboard.press("Tab");
      if (stops && (await atEnd())) break;
      await assertSeen(page);
    }
    assert.ok(stops > 20 && stops < 250, `${path}: ${stops} stops`);
  }
  assertQuiet(page);
});

test("a shortcut is changed by keyboard alone", async () => {
  const page = await desk.sitDown("Maya", { path: "/app/all" });
  await page.locator("h1").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("settings: keyboard");
  await page.keyboard.press("Enter");
  await listed(page, "palette").waitFor();
  await gone(page);
  const change = listed(page, "palette").getByRole("button", {
    name: "Change",
  });
  const isThere = () =>
    change.evaluate((one) => one === document.activeElement);
  for (let step = 0; step < 60 && !(await isThere()); step += 1)
    await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  await assertSeen(page);
  await page.keyboard.press("Control+Shift+Y");
  await page.keyboard.press("Enter");
  await gone(page);
  await eventually("the cursor is back where it was", isThere);
  await page.keyboard.press("Control+k");
  assert.equal(await dialog(page).count(), 0);
  await page.keyboard.press("Control+Shift+Y");
  await page.getByRole("dialog", { name: "Commands" }).waitFor();
  assertQuiet(page);
});

test("the page of the keyboard is whole in light, in dark, and on a phone", async () => {
  const looks = [
    [{}, "light"],
    [{ colorScheme: "dark" }, "dark"],
    [{ viewport: PHONE }, "phone"],
    [{ viewport: { width: 320, height: 640 } }, "small phone"],
  ];
  for (const [options, look] of looks) {
    const page = await desk.sitDown("Axel", { path: KEYBOARD, ...options });
    await rebind(page, "close", "y");
    await page.getByText("pressed alone").click();
    await assertWhole(page, look);
    await assertFits(page, look);
    await read(page, "close", "r");
    await dialog(page).getByText("“Reply” has it.").waitFor();
    await assertWhole(page, `${look}, a question`);
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}-ask-${look}.png` });
    await page.keyboard.press("Escape");
    await gone(page);
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}-${look}.png` });
    assertQuiet(page);
    await desk.clear();
  }
});

test("the keys call nothing that the document does not list", () =>
  desk.assertListed());
