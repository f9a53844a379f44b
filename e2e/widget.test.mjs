// A visitor and an operator talk, against the real program: nothing is lost, nothing comes twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, crc32 } from "node:zlib";
import { stage } from "./stage.mjs";
import { eventually } from "./workspace.mjs";

const PHONE = { width: 390, height: 844 };
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const here = stage();

/** Both sides hear something said now: whatever came before it has come, or never will. */
async function settle({ operator, widget, id }) {
  await widget.say("One more thing.");
  await operator.hearsMessage("One more thing.");
  await operator.says(id, "Go on.");
  await widget.message("Go on.").waitFor();
}

async function assertSaidOnce(conversation, body) {
  await settle(conversation);
  const messages = await here.workspace.messages(conversation.id);
  assert.equal(messages.filter((one) => one.body === body).length, 1, "in the store");
  assert.equal(conversation.operator.count(body), 1, "over the operator's socket");
  assert.equal(await conversation.widget.message(body).count(), 1, "on the visitor's screen");
}

test("visitor writes, operator answers, each sees what the other does", async () => {
  const { operator, widget, id } = await here.talk();
  await widget.hasReceipt("Sent");

  operator.types(id);
  await widget.frame.getByText("Maya Lindqvist is typing").first().waitFor();
  await operator.says(id, "It is, we test every batch.");
  await widget.message("It is, we test every batch.").waitFor();
  await widget.frame.locator(".sw-ty").waitFor({ state: "hidden" });
  const read = await operator.hears("message.read", ({ data }) => data.by === "visitor");
  assert.equal(read.data.conversation_id, id);

  await operator.reads(id);
  await widget.hasReceipt("Read");

  await widget.field.pressSequentially("And the");
  await operator.hears("typing", (frame) => frame.by?.kind === "visitor");
});

test("an answer that comes late takes back nothing that was heard since", async () => {
  const operator = await here.operator();
  const site = await here.site();
  const widget = await here.visit(await here.visitor(), site);
  await widget.open();
  const title = widget.frame.getByRole("heading", { name: "Maya Lindqvist" });
  await widget.page.route("**/widget/v1/messages?*", async (route) => {
    const response = await route.fetch();
    // The answer is from before anybody took the conversation; the socket is faster.
    if (route.request().method() === "POST") await title.waitFor();
    await route.fulfill({ response });
  });
  const answered = widget.page.waitForResponse(
    (response) => response.request().method() === "POST" && response.url().includes("/messages"),
  );
  await widget.say("Is anybody there?");
  const { conversation_id: id } = await operator.hearsMessage("Is anybody there?");
  await (await answered).finished();
  await operator.says(id, "I am.");
  await widget.message("I am.").waitFor();
  assert.equal(await title.count(), 1);
});

test("a closed chat counts what was not read, and opening it reads all", async () => {
  const { operator, widget, id } = await here.talk();
  await widget.close();
  await widget.hear("unread");
  await operator.says(id, "Are you there?");
  await operator.says(id, "I will be back at ten.");
  await widget.hears("unread", 2);
  const launcher = await widget.launcher();
  assert.equal(launcher["data-n"], "2");
  assert.match(launcher["aria-label"], /2 unread messages/);
  await widget.open();
  await eventually("nothing is unread", async () => (await widget.launcher())["data-n"] === "");
});

test("what a page hears late of unread messages changes nothing in a chat that is open", async () => {
  const context = await here.visitor();
  let letGo;
  const held = new Promise((done) => (letGo = done));
  await context.route("**/widget/v1/pageview?*", async (route) => {
    await held;
    const headers = { "Access-Control-Allow-Origin": "*" };
    await route.fulfill({ headers, json: { data: { unread_count: 2 } } });
  });
  const { operator, widget, id } = await here.talk({ context });
  await operator.says(id, "It is.");
  await widget.message("It is.").waitFor();
  await eventually("nothing is unread", async () => (await widget.launcher())["data-n"] === "");
  const told = widget.page.waitForResponse("**/widget/v1/pageview?*");
  letGo();
  await (await told).finished();
  await settle({ operator, widget, id });
  assert.equal((await widget.launcher())["data-n"], "");
});

test("a reload keeps the conversation, the draft and the open panel", async () => {
  const { operator, widget, id } = await here.talk();
  await operator.says(id, "It is.");
  await widget.message("It is.").waitFor();
  await widget.field.fill("Then I would like tw");
  await widget.page.reload();
  await widget.isThere();
  await widget.isOpen();
  await widget.message("It is.").waitFor();
  assert.equal(await widget.message("Is the glaze food-safe?").count(), 1);
  assert.equal(await widget.field.inputValue(), "Then I would like tw");
});

test("what is written offline is sent once when the line is back", async () => {
  const talk = await here.talk();
  const { context, operator, widget, id } = talk;
  await operator.says(id, "Yes.");
  await widget.message("Yes.").waitFor();
  await context.setOffline(true);
  await widget.say("Written in a tunnel.");
  await widget.hasReceipt("Waiting to send");
  await widget.frame.getByText("Connection lost.").waitFor();
  await context.setOffline(false);
  await operator.hearsMessage("Written in a tunnel.");
  await assertSaidOnce(talk, "Written in a tunnel.");
});

test("a tab closed with an unsent message sends it when a page is opened again", async () => {
  const talk = await here.talk();
  const { context, operator, site } = talk;
  await context.setOffline(true);
  await talk.widget.say("Written before the tab was closed.");
  await talk.widget.hasReceipt("Waiting to send");
  await talk.widget.page.close();
  await context.setOffline(false);
  assert.equal(operator.count("Written before the tab was closed."), 0);
  talk.widget = await here.visit(context, site, { more: "/another-page" });
  await operator.hearsMessage("Written before the tab was closed.");
  await talk.widget.isOpen();
  await assertSaidOnce(talk, "Written before the tab was closed.");
});

test("so it is with the very first message, and a chat that was closed", async () => {
  const operator = await here.operator();
  const site = await here.site();
  // Where an open chat covers the page it never opens by itself: only the message can wake it.
  const context = await here.visitor({ viewport: PHONE });
  const first = await here.visit(context, site);
  await first.click();
  await first.loaded();
  await first.field.waitFor();
  await context.setOffline(true);
  await first.say("My first words.");
  await first.hasReceipt("Waiting to send");
  await first.page.close();
  await context.setOffline(false);
  await here.visit(context, site);
  const { conversation_id: id } = await operator.hearsMessage("My first words.");
  assert.equal((await here.workspace.messages(id)).filter(isFirst).length, 1);
  function isFirst({ body }) {
    return body === "My first words.";
  }
});

test("two tabs share one connection, and one survives the other", async () => {
  const context = await here.visitor();
  let opened = 0;
  context.on("page", (page) => page.on("websocket", () => (opened += 1)));
  const { operator, site, widget: first, id } = await here.talk({ context });
  const second = await here.visit(context, site, { more: "/second" });
  await second.isOpen();
  await second.message("Is the glaze food-safe?").waitFor();

  await first.say("Said in the first tab.");
  await second.message("Said in the first tab.").waitFor();
  await second.say("Said in the second tab.");
  await first.message("Said in the second tab.").waitFor();
  await operator.says(id, "Heard in both tabs.");
  await Promise.all([first, second].map((tab) => tab.message("Heard in both tabs.").waitFor()));
  assert.equal(opened, 1, "one WebSocket for both tabs");

  await first.page.close();
  await eventually("the second tab listens for itself", () => opened === 2);
  await operator.says(id, "Heard in the tab that is left.");
  await second.message("Heard in the tab that is left.").waitFor();
  assert.equal(await second.message("Heard in both tabs.").count(), 1);
  assert.equal(opened, 2);
});

test("where WebSockets are blocked, it goes on over server-sent events", async () => {
  const context = await withoutSockets();
  const ways = watchWays(context);
  const { operator, widget, id } = await here.talk({ context });
  await eventually("a stream of events is open", () => ways.has("events"));
  await operator.says(id, "Heard without a socket.");
  await widget.message("Heard without a socket.").waitFor();
  // What a socket would have carried goes by request.
  await widget.field.pressSequentially("Good");
  await operator.hears("typing", (frame) => frame.by?.kind === "visitor");
  assert.ok(!ways.has("poll"));
});

test("where streams are blocked as well, it goes on by long polls", async () => {
  const context = await withoutSockets();
  await context.route("**/realtime/events?*", (route) => route.abort());
  const ways = watchWays(context);
  const { operator, widget, id } = await here.talk({ context });
  await eventually("it polls", () => ways.has("poll"));
  await operator.says(id, "Heard by asking.");
  await widget.message("Heard by asking.").waitFor();
  await operator.says(id, "And once more.");
  await widget.message("And once more.").waitFor();
});

/** A network that lets no WebSocket through, and a browser that waits no longer than it must. */
async function withoutSockets() {
  const context = await here.visitor();
  await context.addInitScript(() => (Math.random = () => 0));
  await context.routeWebSocket(/\/realtime/, (socket) => socket.close());
  return context;
}

/** The ways of listening that were answered. */
function watchWays(context) {
  const ways = new Set();
  context.on("response", (response) => {
    const way = /\/realtime\/(events|poll)/.exec(response.url())?.[1];
    if (way && response.ok()) ways.add(way);
  });
  return ways;
}

test("the address may change without a page being loaded", async () => {
  const { site, context, widget, visitor } = await here.talk({ more: "/carafes" });
  const { page } = widget;
  const path = here.shop.path("shop", site);
  // A page that is left within its first second was never looked at.
  await eventually("the first page is known", async () => (await viewsOf(visitor)).length === 1);
  await page.evaluate((url) => {
    document.title = "Carafe No. 5";
    history.pushState(null, "", url);
  }, `${path}/carafes/5?utm_source=letter&email=ana%40example.com#top`);
  const views = await eventually("both pages are known", async () => {
    const list = await viewsOf(visitor);
    return list.length > 1 && list;
  });
  assert.equal(views.length, 2);
  const fresh = views.find((view) => view.url.includes("/carafes/5"));
  assert.equal(fresh.title, "Carafe No. 5");
  assert.match(fresh.url, /utm_source=letter/);
  assert.ok(!fresh.url.includes("ana"), "an address may not tell who reads it");
  assert.equal(await widget.message("Is the glaze food-safe?").count(), 1);
  assert.equal(context.pages().length, 1);
});

async function viewsOf({ id }) {
  return (await here.workspace.call("GET", `/v1/visitors/${id}/pageviews`)).data;
}

test("a tag that stands twice makes one launcher and one page view", async () => {
  const site = await here.site();
  const context = await here.visitor();
  let views = 0;
  context.on("request", (request) => {
    if (request.url().includes("/pageview")) views += 1;
  });
  const widget = await here.visit(context, site, { kind: "twice" });
  await widget.open();
  assert.equal(await widget.page.locator("switchboard-chat").count(), 1);
  await eventually("the page was told", () => views > 0);
  assert.equal(views, 1);
});

const PRE_CHAT = {
  fields: [
    { name: "name", label: "Name", type: "text", is_required: false },
    { name: "email", label: "E-mail", type: "email", is_required: true },
    { name: "phone", label: "Phone", type: "tel", is_required: false },
    { name: "is_trade", label: "I buy for a shop", type: "checkbox", is_required: false },
  ],
  consent: { text: "Pennyroot may keep this chat.", version: "2", is_required: true },
};

test("a form before the chat asks, helps with a typo, and insists on consent", async () => {
  const operator = await here.operator();
  const site = await here.site({ pre_chat: PRE_CHAT });
  const widget = await here.visit(await here.visitor(), site);
  await widget.open();
  const { frame } = widget;
  const start = frame.getByRole("button", { name: "Start chat" });
  await frame.getByLabel("Your question").fill("Do you ship to Norway?");
  await start.click();
  await frame.getByText("Fill in this field").waitFor();

  const email = frame.getByLabel("E-mail", { exact: true });
  await email.fill("ana@exmaple.com");
  await frame.getByLabel("Name").fill("Ana Ribeiro");
  await frame.getByRole("button", { name: "ana@example.com" }).click();
  assert.equal(await email.inputValue(), "ana@example.com");
  assert.equal(await frame.getByLabel("Phone").getAttribute("type"), "tel");
  await frame.getByLabel("I buy for a shop").check();
  await start.click();
  await frame.getByText("Tick this box to go on").waitFor();
  await frame.getByLabel("Pennyroot may keep this chat.").check();
  await start.click();

  const { visitor } = await operator.hearsMessage("Do you ship to Norway?");
  const { data } = await here.workspace.call("GET", `/v1/visitors/${visitor.id}`);
  assert.equal(data.name, "Ana Ribeiro");
  assert.equal(data.email, "ana@example.com");
  assert.ok(data.custom_attributes.is_trade);
  await widget.field.waitFor();
});

/** Hours that are over, in a week of which one day is open: two days from now. */
function closedHours() {
  const day = DAYS[(new Date().getUTCDay() + 2) % DAYS.length];
  return { timezone: "Europe/Lisbon", days: { [day]: [["09:00", "17:00"]] }, holidays: [] };
}

test("outside its hours a site takes a message, and says when it is back", async () => {
  const operator = await here.operator();
  const site = await here.site({
    hours: closedHours(),
    offline: { fields: [{ name: "email", label: "E-mail", type: "email", is_required: true }] },
  });
  const widget = await here.visit(await here.visitor(), site);
  await widget.open();
  const { frame } = widget;
  const card = frame.locator(".sw-nx");
  assert.match(await card.innerText(), /Back \w+.* 10:00[^]*Berlin[^]*09:00 in Lisbon/);
  await frame.getByLabel("E-mail").fill("ana@example.com");
  await frame.getByLabel("Message").fill("Do you ship the carafe to Norway?");
  await frame.getByRole("button", { name: "Leave message" }).click();
  const { visitor } = await operator.hearsMessage("Do you ship the carafe to Norway?");
  const { data } = await here.workspace.call("GET", `/v1/visitors/${visitor.id}`);
  assert.equal(data.email, "ana@example.com");
});

test("outside its hours a site asks what is for those hours, not what is for the others", async () => {
  const operator = await here.operator();
  const site = await here.site({
    hours: closedHours(),
    pre_chat: { fields: [{ name: "name", label: "Name", type: "text", is_required: true }] },
    offline: { fields: [{ name: "email", label: "E-mail", type: "email", is_required: true }] },
  });
  const widget = await here.visit(await here.visitor(), site);
  await widget.open();
  const { frame } = widget;
  assert.equal(await frame.getByLabel("Name").count(), 0);
  await frame.getByLabel("E-mail").fill("ana@example.com");
  await frame.getByLabel("Message").fill("Left at night.");
  await frame.getByRole("button", { name: "Leave message" }).click();
  await operator.hearsMessage("Left at night.");
});

test("outside its hours a site without a form for them asks what it asks otherwise", async () => {
  const operator = await here.operator();
  const site = await here.site({
    hours: closedHours(),
    pre_chat: { fields: [{ name: "name", label: "Name", type: "text", is_required: true }] },
  });
  const widget = await here.visit(await here.visitor(), site);
  await widget.open();
  await widget.frame.getByLabel("Name").fill("Ana");
  await widget.frame.getByLabel("Message").fill("Left at night, by name.");
  await widget.frame.getByRole("button", { name: "Leave message" }).click();
  await operator.hearsMessage("Left at night, by name.");
});

test("a closed conversation can be rated, with a word about why", async () => {
  const { operator, widget, id } = await here.talk();
  const { frame } = widget;
  await operator.says(id, "Glad to help.");
  await operator.closes(id);
  await frame.getByText("This chat has ended").waitFor();
  await frame.getByLabel("4 of 5, good").check();
  const rated = (path) => here.workspace.call("GET", path).then(({ data }) => data.rating);
  const path = `/v1/conversations/${id}`;
  await eventually("the score is kept", async () => (await rated(path))?.score === 4);
  await frame.getByRole("button", { name: "Add a comment" }).click();
  await frame.getByLabel("Comment").fill("Quick and kind.");
  await frame.getByRole("button", { name: "Send" }).click();
  await eventually(
    "the comment is kept",
    async () => (await rated(path))?.comment === "Quick and kind.",
  );
  await frame.getByRole("button", { name: "Start a new chat" }).click();
  await widget.field.waitFor();
});

test("a picture goes to the operator, whole, and shows in the chat", async () => {
  const { operator, widget, id } = await here.talk();
  const side = 24;
  const files = { name: "glaze.png", mimeType: "image/png", buffer: png(side) };
  await widget.frame.locator('input[type="file"]').setInputFiles(files);
  await widget.frame.locator('[data-state="ready"]').waitFor();
  await widget.field.fill("This is the one.");
  await widget.field.press("Enter");
  const { attachments } = await operator.hearsMessage("This is the one.");
  assert.equal(attachments.length, 1);
  const stored = (await here.workspace.messages(id)).find((one) => one.attachments.length > 0);
  const [file] = stored.attachments;
  assert.equal(file.name, "glaze.png");
  assert.equal(file.content_type, "image/png");
  assert.deepEqual([file.width, file.height], [side, side]);
  assert.equal((await here.workspace.ask("GET", file.url)).status, 200);

  const image = widget.frame.locator(".sw-im img");
  const width = () => image.evaluate((one) => one.complete && one.naturalWidth);
  await eventually("the picture is drawn", async () => (await width()) === side);
  // Without a key: the address itself is the permission.
  const url = await image.getAttribute("src");
  const response = await fetch(url);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "image/png");
  assert.equal((await response.arrayBuffer()).byteLength, file.size);
  const forged = new URL(url);
  forged.searchParams.set("until", Number(forged.searchParams.get("until")) + 1);
  assert.equal((await fetch(forged)).status, 403);
});

/** A square in one colour, written by hand. */
function png(side) {
  const row = Buffer.alloc(1 + side * 3, 0xc0);
  row[0] = 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
