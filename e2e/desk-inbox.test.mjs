// What the inbox does beyond answering: views, macros, mentions, files, drafts on two devices.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { assertQuiet, assertWhole, Desk } from "./desk.mjs";
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
const field = (page) => page.getByRole("textbox", { name: /Reply|Note/ });
const nav = (page, name) => page.locator(".views").getByRole("link", { name });
const choose = (page, name) => page.getByRole("option", { name }).click();

test("a row shows the newest words, and the list begins with where they were said last", async () => {
  const first = await desk.talk("Ona Early", "I was first");
  await desk.talk("Leo Late", "I was second");
  await desk.say(first, "And I am last");
  await desk.say(first, "We look into it", "operator");
  const page = await desk.sitDown("Maya");
  await row(page, "Ona Early").waitFor();
  const names = await page.locator(".row b").allTextContents();
  assert.ok(
    names.indexOf("Ona Early") < names.indexOf("Leo Late"),
    names.join(),
  );
  assert.match(
    await row(page, "Ona Early").innerText(),
    /Team: We look into it/,
  );
  assert.match(await row(page, "Leo Late").innerText(), /I was second/);
  assertQuiet(page);
});

test("a macro fills in what is known, blocks on what is not, and does what it says", async () => {
  const id = await desk.talk("Ada King", "Where is my order?");
  await desk.workspace.call("POST", "/v1/macros", {
    name: "Where is it",
    body: "Hi {{contact.first_name|there}}, {{operator.first_name}} here: order {{contact.order}} is on its way.",
    actions: [
      { do: "add_tags", tags: ["shipping"] },
      { do: "assign", to: "me" },
      { do: "close" },
    ],
  });
  const page = await desk.sitDown("Maya Lind", { path: `/app/all/${id}` });
  await bubble(page, "Where is my order?").waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("/");
  await choose(page, "Where is it");
  await page.getByText("Then: tag shipping; assign to me; close").waitFor();
  const typed = await field(page).inputValue();
  assert.equal(
    typed,
    "Hi Ada, Maya here: order {{contact.order}} is on its way.",
  );
  await page.getByText("Fill in contact.order first").waitFor();
  assert.ok(await page.getByRole("button", { name: /^Send/ }).isDisabled());
  await field(page).fill(typed.replace("{{contact.order}}", "20418"));
  await page.keyboard.press("Control+Enter");
  const done = await eventually("it is closed", async () => {
    const found = await desk.find(id);
    return found.status === "closed" && found;
  });
  assert.deepEqual(done.tags, ["shipping"]);
  assert.ok(done.assigned_to);
  const said = (await desk.bodies(id)).map(({ body }) => body);
  assert.deepEqual(said, [
    "Where is my order?",
    "Hi Ada, Maya here: order 20418 is on its way.",
  ]);
  assertQuiet(page);
});

test("tags, spam and unread are a key away, and can be undone", async () => {
  const id = await desk.talk("Tessa", "Buy now!!!");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Buy now!!!").waitFor();
  await page.keyboard.press("t");
  await page.keyboard.type("fresh word");
  await choose(page, "New tag “fresh word”");
  await page.locator(".tags .chip", { hasText: "fresh word" }).waitFor();
  await press(page, "Undo");
  await eventually(
    "the tag is off",
    async () => !(await desk.find(id)).tags.length,
  );

  await eventually(
    "it is read",
    async () => !(await row(page, "Tessa").locator(".un").count()),
  );
  await page.keyboard.press("u");
  await row(page, "Tessa").locator(".un").waitFor();
  await page.getByText("Unread again").waitFor();

  await page.keyboard.press("!");
  await row(page, "Tessa").waitFor({ state: "detached" });
  assert.equal((await desk.find(id)).is_spam, true);
  await nav(page, /^Spam/).click();
  await row(page, "Tessa").waitFor();
  await nav(page, /^All/).click();
  await row(page, "Ona Early").waitFor();
  assert.equal(await row(page, "Tessa").count(), 0);
  assertQuiet(page);
});

test("a view is saved, shared, counted, and deleted with a way back", async () => {
  const id = await desk.talk("Ursa Urgent", "It burns");
  await desk.workspace.call("PATCH", `/v1/conversations/${id}`, {
    priority: "urgent",
  });
  const page = await desk.sitDown("Maya");
  await page
    .locator(".views")
    .getByRole("button", { name: "Save a view" })
    .click();
  await page.getByLabel("Name").fill("On fire");
  await page.getByLabel("Priority").selectOption("urgent");
  await page.getByText("The whole team sees it").click();
  await assertWhole(page, "save a view");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: "Save the view" })
    .click();
  await page.getByRole("heading", { name: "On fire" }).waitFor();
  await row(page, "Ursa Urgent").waitFor();
  assert.equal(await page.locator(".row").count(), 1);
  await eventually("it is counted", async () =>
    /1/.test(await nav(page, /On fire/).innerText()),
  );
  const other = await desk.sitDown("Noor");
  await nav(other, /On fire/).click();
  await row(other, "Ursa Urgent").waitFor();
  await page.locator(".kept-view").hover();
  await press(page, "Delete the view On fire");
  await nav(page, /On fire/).waitFor({ state: "detached" });
  await press(page, "Undo");
  await nav(page, /On fire/).waitFor();
  assertQuiet(page);
});

test("a note names somebody, who finds it among their mentions until they have read it", async () => {
  const id = await desk.talk("Nils", "A hard question");
  const named = await desk.sitDown("Noor Haddad", { path: "/app/mentions" });
  await named.getByText("No note names you").waitFor();
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "A hard question").waitFor();
  await page.keyboard.press("n");
  await page.keyboard.type("Can @noor h");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.getByRole("option", { name: "Noor Haddad" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("look at this?");
  assert.equal(
    await field(page).inputValue(),
    "Can @Noor Haddad look at this?",
  );
  await page.keyboard.press("Control+Enter");
  await page.locator(".note", { hasText: "look at this?" }).waitFor();
  await eventually("it is counted", async () =>
    /1/.test(await nav(named, /^Mentions/).innerText()),
  );
  await named.reload();
  await row(named, "Nils").click();
  await named.locator(".note", { hasText: "look at this?" }).waitFor();
  await eventually(
    "it was read",
    async () => !/\d/.test(await nav(named, /^Mentions/).innerText()),
  );
  assertQuiet(page);
  assertQuiet(named);
});

test("a pasted file goes with the words, and one that is too large is refused before it leaves", async () => {
  const id = await desk.talk("Fay", "Send me the form");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Send me the form").waitFor();
  await page.keyboard.press("r");
  await field(page).evaluate((target) => {
    const data = new DataTransfer();
    data.items.add(new File(["a,b\n1,2\n"], "form.csv", { type: "text/csv" }));
    target.dispatchEvent(
      new ClipboardEvent("paste", {
        clipboardData: data,
        bubbles: true,
        cancelable: true,
      }),
    );
  });
  await page.locator(".chip.file", { hasText: "form.csv" }).waitFor();
  await field(page).evaluate((target) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(26 * 1024 * 1024)], "film.bin"));
    target.dispatchEvent(
      new ClipboardEvent("paste", {
        clipboardData: data,
        bubbles: true,
        cancelable: true,
      }),
    );
  });
  await page.getByText("film.bin is larger than 25 MB").waitFor();
  await page.keyboard.type("Here it is");
  await page.keyboard.press("Control+Enter");
  await page.locator(".att", { hasText: "form.csv" }).waitFor();
  const last = await eventually("it arrives", async () => {
    const newest = (await desk.bodies(id)).at(-1);
    return newest.attachments.length && newest;
  });
  assert.equal(last.body, "Here it is");
  assert.equal(last.attachments[0].name, "form.csv");
  assertQuiet(page);
});

test("a draft is there on another device, and two that differ are both shown", async () => {
  const id = await desk.talk("Dora", "Hello?");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Hello?").waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("Half an ans");
  await page.getByText("Draft kept", { exact: true }).waitFor();
  // The same person, in a browser that keeps nothing of it.
  const second = await page
    .context()
    .browser()
    .newContext({ storageState: await page.context().storageState() });
  const phone = await second.newPage();
  await phone.goto(page.url());
  await phone.evaluate(() => localStorage.clear());
  await phone.reload();
  await eventually(
    "it is there",
    async () => (await field(phone).inputValue()) === "Half an ans",
  );
  await phone.goto(page.url().replace(`/all/${id}`, "/drafts"));
  await row(phone, "Dora").click();
  await field(phone).fill("From the phone");
  await phone.getByText("Draft kept", { exact: true }).waitFor();
  await field(page).fill("From the desk");
  await page.getByText("Another device has").waitFor();
  await page.locator(".clash", { hasText: "From the phone" }).waitFor();
  assert.equal(await field(page).inputValue(), "From the desk");
  await assertWhole(page, "two drafts");
  await press(page, "Keep mine");
  await page.getByText("Draft kept", { exact: true }).waitFor();
  await phone.reload();
  await eventually(
    "mine is kept",
    async () => (await field(phone).inputValue()) === "From the desk",
  );
  await second.close();
});

test("who has it and why, the rating and the transcript stand beside the thread", async () => {
  const id = await desk.talk("Wanda", "Why me?");
  const page = await desk.sitDown("Maya", { path: `/app/all/${id}` });
  await bubble(page, "Why me?").waitFor();
  await page.keyboard.press("i");
  await page.locator(".th .sub", { hasText: "Maya" }).waitFor();
  await page.getByText("Why is it Maya’s?").click();
  await page.locator(".why li").first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "conversation.html");
  await desk.workspace.call("POST", `/v1/conversations/${id}/close`, {});
  await desk.workspace.call("POST", `/v1/conversations/${id}/rate`, {
    score: 4,
    comment: "Quick",
  });
  await page.locator(".sec", { hasText: "4 of 5" }).waitFor();
  await assertWhole(page, "the contact beside the thread");
  assertQuiet(page);
});

test("what was said is found over all time, and the search leads to it", async () => {
  const id = await desk.talk("Sara Seek", "The zebra teapot leaks");
  for (let number = 0; number < 110; number += 1)
    await desk.say(id, `Line ${number}`);
  const page = await desk.sitDown("Maya");
  await row(page, "Sara Seek").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("zebra teap");
  const hit = page.locator(".hit", { hasText: "Sara Seek" });
  await hit.waitFor();
  assert.deepEqual(await hit.locator("mark").allTextContents(), [
    "zebra",
    "teapot",
  ]);
  await assertWhole(page, "search");
  await hit.click();
  const sought = page.locator(".sought", { hasText: "The zebra teapot leaks" });
  await sought.waitFor();
  await eventually("it is in sight", () =>
    sought.evaluate((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    }),
  );
  await page.getByRole("searchbox").fill("nobody said this");
  await page.getByText("Nothing was ever said with these words").waitFor();
  await page.getByRole("searchbox").press("Escape");
  await row(page, "Sara Seek").waitFor();
  assertQuiet(page);
});

test("the inbox calls nothing that the document does not list", () =>
  desk.assertListed());
