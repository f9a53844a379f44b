// Contacts, visitors and leads at the desk, in a real browser, against the real program.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import {
  assertFits,
  assertQuiet,
  assertWhole,
  Desk,
  PHONE,
  WIDE,
} from "./desk.mjs";
import { Widget } from "./chat.mjs";
import { Shop } from "./host.mjs";
import { PAYLOADS } from "./payloads.mjs";
import { eventually } from "./workspace.mjs";

const SOON_MS = 1000;
/** A browser without a head is taken for a machine, and machines are not shown. */
const AGENT =
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SMALL = { width: 320, height: 700 };

let desk;
let shop;
let site;
let token;

before(async () => {
  desk = await Desk.start();
  shop = await Shop.open(desk.server.base);
  site = await desk.workspace.site({ origins: shop.origins });
  const who = ["--email", "owner@example.com", "--name", "Olive Owner"];
  await desk.server.command("admin", "create", ...who);
  const key = [
    "key",
    "create",
    "--kind",
    "intake",
    "--operator",
    "owner@example.com",
  ];
  token = (await desk.server.command(...key)).stdout.trim().split("\n").at(-1);
});
after(async () => {
  await shop?.close();
  await desk?.stop();
});
afterEach(() => desk.clear());

let made = 0;

async function contact(name, more = {}) {
  made += 1;
  const email = `someone${made}@example.com`;
  return (
    await desk.workspace.call("POST", "/v1/contacts", { name, email, ...more })
  ).data;
}

const known = async (id) =>
  (await desk.workspace.call("GET", `/v1/contacts/${id}`)).data;

/** Somebody sends a form; gives the receipt of it. */
async function lead(form) {
  const response = await fetch(`${desk.server.base}/api/v1/webhook/forms`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ api_token: token, ...form }),
  });
  return { status: response.status, ...(await response.json()) };
}

/** Somebody opens a page of the shop. */
async function visit(more = "") {
  const context = await desk.browser.newContext({
    userAgent: AGENT,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  const page = await context.newPage();
  await page.goto(shop.origin + shop.path("shop", site) + more);
  return { page, leave: () => context.close() };
}

const sit = (path, options) =>
  desk.sitDown("Maya", { path, role: "admin", ...options });
const row = (page, name) => page.locator("tbody tr", { hasText: name });
const drawer = (page) => page.locator(".drawer");
const dialog = (page) => page.getByRole("dialog");
const press = (within, name) =>
  within.getByRole("button", { name, exact: true }).click();
const isLive = (page) => page.getByText("Live", { exact: true }).waitFor();
const closed = (page) => page.locator("dialog").waitFor({ state: "detached" });

test("a contact is found while one types, and the address keeps the words", async () => {
  await contact("Philippa Unusual", { company: "Tonehaus" });
  await contact("Bernd Plain");
  const page = await sit("/app/contacts");
  await row(page, "Philippa Unusual").waitFor();
  await page.getByLabel("Find a contact").fill("unusu");
  await row(page, "Bernd Plain").waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).searchParams.get("q"), "unusu");
  await page.getByText("1 contact", { exact: true }).waitFor();
  await page.reload();
  await row(page, "Philippa Unusual").getByRole("link").click();
  await drawer(page).getByText("Tonehaus").first().waitFor();
  await page.getByLabel("Find a contact").fill("nobody at all");
  await page.getByText("Nobody is like that.").waitFor();
  // Escape closes what lies beside the table, and nothing else.
  await drawer(page).getByRole("heading", { name: "Philippa Unusual" }).focus();
  await page.keyboard.press("Escape");
  await drawer(page).waitFor({ state: "detached" });
  await page.getByLabel("Find a contact").fill("unusu");
  await row(page, "Philippa Unusual").getByRole("link").focus();
  await page.keyboard.press("Enter");
  await drawer(page).getByText("Tonehaus").first().waitFor();
  await page.keyboard.press("Escape");
  await eventually("the cursor is back at the row", () =>
    page.evaluate(() =>
      document.activeElement?.textContent.includes("Philippa"),
    ),
  );
  assertQuiet(page);
});

test("filters by tag and attribute narrow the table, and outlive a reload", async () => {
  await contact("Vera Both", {
    tags: ["patron"],
    custom_attributes: { plan: "pro", seats: 9 },
  });
  await contact("Tina Tagged", {
    tags: ["patron"],
    custom_attributes: { plan: "free" },
  });
  await contact("Paul Paying", {
    custom_attributes: { plan: "pro", seats: 2 },
  });
  const page = await sit("/app/contacts");
  await row(page, "Vera Both").waitFor();
  const add = async (field, fill) => {
    await press(page, "Add filter");
    await dialog(page).getByLabel("Field").selectOption(field);
    await fill(dialog(page));
    await dialog(page).getByRole("button", { name: "Add filter" }).click();
    await closed(page);
  };
  await add("Tag", (asked) => asked.getByLabel("Value").fill("patron"));
  await row(page, "Paul Paying").waitFor({ state: "detached" });
  await add("Attribute", async (asked) => {
    await asked.getByLabel("Name of the attribute").fill("seats");
    await asked.getByLabel("Comparison").selectOption("at least");
    await asked.getByLabel("Value").fill("5");
  });
  await row(page, "Tina Tagged").waitFor({ state: "detached" });
  await page.reload();
  await row(page, "Vera Both").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await press(page, "Remove filter Tag is patron");
  await page.getByText("seats at least 5").waitFor();
  await press(page, "Clear filters");
  await row(page, "Paul Paying").waitFor();
  // What is ready-made at the side.
  await page.getByRole("link", { name: "Nobody's" }).click();
  await page.getByText("Owner is nobody").waitFor();
  await row(page, "Vera Both").waitFor();
  assertQuiet(page);
});

test("a contact is made and edited, and a refusal stands beside its field", async () => {
  const taken = await contact("Ada Taken");
  const page = await sit("/app/contacts");
  await press(page, "New contact");
  await dialog(page).getByLabel("Email").fill(taken.email);
  await dialog(page).getByLabel("Name").fill("Nina New");
  await dialog(page).getByRole("button", { name: "Create contact" }).click();
  const wrong = dialog(page).locator(".f.wrong");
  await wrong.getByText(/already/).waitFor();
  assert.equal(await wrong.getByLabel("Email").inputValue(), taken.email);
  await dialog(page).getByLabel("Email").fill("nina@example.com");
  await dialog(page).getByLabel("Tags").fill("glaze, kiln");
  await dialog(page).getByRole("button", { name: "Create contact" }).click();
  await page.waitForURL(/contacts\/con_/);
  const id = new URL(page.url()).pathname.split("/").at(-1);

  await press(drawer(page), "Edit");
  await press(dialog(page), "Add an email");
  await dialog(page).getByLabel("Email 2", { exact: true }).fill(taken.email);
  await press(dialog(page), "Add a phone");
  await dialog(page).getByLabel("Phone", { exact: true }).fill("+49 30 901820");
  await dialog(page).getByLabel("Label of Phone").fill("work");
  await dialog(page).getByLabel("Owner").selectOption("Olive Owner");
  await dialog(page).getByLabel("Do not contact").check();
  await press(dialog(page), "Save");
  await dialog(page)
    .locator(".hint.bad")
    .getByText(/already/)
    .waitFor();
  assert.equal(
    await dialog(page)
      .getByLabel("Email 2", { exact: true })
      .getAttribute("aria-invalid"),
    "true",
  );
  assert.equal((await known(id)).phone, null);
  await dialog(page)
    .getByLabel("Email 2", { exact: true })
    .fill("nina@work.example");
  await press(dialog(page), "Save");
  await closed(page);
  await drawer(page).getByText("nina@work.example").waitFor();
  await drawer(page).getByText("Do not contact, since").waitFor();

  await press(drawer(page), "Edit attributes");
  await press(dialog(page), "Add an attribute");
  await dialog(page).getByLabel("Name of attribute 1").fill("seats");
  await dialog(page).getByLabel("Value of seats").fill("7");
  await press(dialog(page), "Save");
  await closed(page);
  await press(drawer(page), "Edit details");
  await dialog(page).getByLabel("Time zone").fill("Nowhere/Land");
  await press(dialog(page), "Save");
  await wrong.getByText(/time zone/).waitFor();
  await dialog(page).getByLabel("Time zone").fill("Europe/Lisbon");
  await press(dialog(page), "Save");
  await closed(page);

  await press(drawer(page), "Remove tag kiln");
  await page.getByText("Took “kiln” off").waitFor();
  await press(drawer(page), "Add tag");
  await drawer(page).getByLabel("Add a tag").fill("raku");
  await page.keyboard.press("Enter");
  await drawer(page).locator(".chip", { hasText: "raku" }).waitFor();

  const now = await known(id);
  assert.deepEqual(now.tags, ["glaze", "raku"]);
  assert.deepEqual(now.custom_attributes, { seats: 7 });
  assert.equal(now.phone, "+4930901820");
  assert.equal(now.phones[0].label, "work");
  assert.equal(now.profile.timezone, "Europe/Lisbon");
  assert.ok(now.owner_id);
  assert.ok(now.do_not_contact_at);
  assert.deepEqual(
    now.emails.map(({ email }) => email),
    ["nina@example.com", "nina@work.example"],
  );
  assert.deepEqual(page.seen.outside, []);
});

test("two that are one are merged, each value as it was picked", async () => {
  const kept = await contact("Moira Twin", {
    company: "Kiln and Co",
    phone: "+4930901821",
    custom_attributes: { plan: "pro", seats: 1 },
  });
  const gone = await contact("Moira Twin", {
    company: "Kiln & Company",
    tags: ["old"],
    custom_attributes: { plan: "free", seats: 3 },
  });
  const page = await sit(`/app/contacts/${kept.id}`);
  await press(drawer(page), "Merge …");
  const ask = dialog(page);
  await ask
    .getByRole("group", { name: "Company" })
    .getByLabel("Kiln & Company")
    .check();
  await ask
    .getByRole("group", { name: "First email" })
    .getByLabel(gone.email)
    .check();
  await ask.getByRole("group", { name: "seats" }).getByLabel("3").check();
  await assertWhole(page, "merge");
  await press(ask, "Merge");
  await closed(page);
  await drawer(page).getByText("Kiln & Company").first().waitFor();
  const now = await known(kept.id);
  assert.equal(now.company, "Kiln & Company");
  assert.equal(now.email, gone.email);
  assert.equal(now.phone, "+4930901821");
  assert.deepEqual(now.custom_attributes, { plan: "pro", seats: 3 });
  assert.deepEqual(now.tags, ["old"]);
  assert.equal((await known(gone.id)).id, kept.id);
  // Its old address leads to the one that is left.
  await page.goto(`${desk.server.base}/app/contacts/${gone.id}`);
  await page.waitForURL(new RegExp(kept.id));
  assertQuiet(page);
});

test("several get a tag at once, and it is said which did not", async () => {
  const all = [];
  for (const name of ["Flock One", "Flock Two", "Flock Three"])
    all.push(await contact(name));
  const page = await sit("/app/contacts?q=flock");
  await row(page, "Flock Three").waitFor();
  await page.getByLabel("Select all that are shown").check();
  await page.route(`**/v1/contacts/${all[1].id}/tags`, (route) =>
    route.abort(),
  );
  await page.getByLabel("Tag", { exact: true }).fill("herd");
  await press(page, "Add tag");
  await page.getByText("2 contacts tagged of 3.").waitFor();
  await page.getByText(/Flock Two: The server could not be reached/).waitFor();
  const tags = await Promise.all(
    all.map(async ({ id }) => (await known(id)).tags),
  );
  assert.deepEqual(tags, [["herd"], [], ["herd"]]);
  await press(page, "Dismiss");

  // The second one waits, and the reader has seen enough.
  await page.unroute("**/tags");
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route(`**/v1/contacts/${all[1].id}/tags`, async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Tag", { exact: true }).fill("flight");
  await press(page, "Add tag");
  await press(page, "Stop");
  go();
  await page.getByText("2 contacts tagged of 3, then stopped.").waitFor();
  const after = await Promise.all(
    all.map(async ({ id }) => (await known(id)).tags),
  );
  assert.deepEqual(after, [["herd"], ["flight"], ["herd", "flight"]]);
  assert.deepEqual(page.seen.outside, []);
});

/** Reads CSV as RFC 4180 has it. */
function parse(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g,
  )) {
    rows
      .at(-1)
      .push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
    if (end === "") break;
  }
  rows.pop();
  return rows;
}

test("what is filtered is exported, and no cell is a formula", async () => {
  for (let number = 0; number < 120; number += 1) {
    await contact(`Exported ${number}`, { company: "Ledger" });
  }
  await contact('=1+1, "Ledger"', {
    company: "Ledger",
    custom_attributes: { "=cmd": "@now" },
  });
  const page = await sit("/app/contacts?q=ledger");
  await page.getByText("121 contacts", { exact: true }).waitFor();
  await press(page, "Show more");
  await eventually(
    "the next page is there",
    async () => (await page.locator("tbody tr").count()) === 100,
  );
  await press(page, "Export");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog(page).getByRole("button", { name: "Export" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^contacts-\d{4}-\d\d-\d\d\.csv$/);
  const bytes = await readFile(await download.path());
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const [head, ...rows] = parse(bytes.subarray(3).toString("utf8"));
  assert.equal(rows.length, 121);
  const name = head.indexOf("name");
  const cells = rows.map((cells) => cells[name]);
  assert.ok(cells.includes(`'=1+1, "Ledger"`));
  assert.ok(cells.includes("Exported 0"));
  assert.equal(new Set(rows.map((cells) => cells.length)).size, 1);
  const attribute = head.indexOf("custom_attributes.=cmd");
  assert.ok(rows.some((cells) => cells[attribute] === "'@now"));
  await page.getByText("Exported 121 contacts").waitFor();
  assertQuiet(page);
});

test("deleting says what is lost, and does it", async () => {
  const { id } = await contact("Gerd Gone");
  await desk.workspace.call("POST", "/v1/conversations", {
    contact_id: id,
    body: "Hello Gerd",
  });
  const page = await sit(`/app/contacts/${id}`);
  await drawer(page).getByText("Hello Gerd").waitFor();
  await press(drawer(page), "Delete contact");
  await dialog(page).getByText("1 conversation").waitFor();
  await press(dialog(page), "Delete for good");
  await drawer(page).waitFor({ state: "detached" });
  assert.equal(
    (await desk.workspace.ask("GET", `/v1/contacts/${id}`)).status,
    404,
  );
  assert.equal(await row(page, "Gerd Gone").count(), 0);
  assertQuiet(page);
});

test("a visitor shows within a second, no row moves, and a chat is started with them", async () => {
  const page = await sit("/app/visitors");
  await isLive(page);
  await page.getByText("Nobody is on a site now.").waitFor();
  const begun = Date.now();
  const first = await visit("?utm_source=news&utm_campaign=spring");
  await page.locator("tbody tr").waitFor();
  const took = Date.now() - begun;
  const second = await visit();
  await press(page, "1 new");
  await eventually(
    "both are there",
    async () => (await page.locator("tbody tr").count()) === 2,
  );
  // Whoever has the chat open tells when they go.
  const chat = new Widget(second.page, desk.server.base);
  await chat.isThere();
  await chat.open();
  await second.leave();
  await page.locator("tbody tr.left").waitFor();
  assert.equal(
    await page.locator("tbody tr").count(),
    2,
    "who leaves stays where they were",
  );

  await page.locator("tbody tr:not(.left)").getByRole("link").click();
  await drawer(page).getByText("campaign").first().waitFor();
  await drawer(page).getByText("Firefox").waitFor();
  await first.page.evaluate(() => history.pushState(null, "", "/shop/0/bowls"));
  await drawer(page).getByText("/shop/0/bowls").first().waitFor();
  await page.locator("tbody tr", { hasText: "/shop/0/bowls" }).waitFor();

  await press(drawer(page), "Start a chat");
  await dialog(page).getByLabel("First message").fill("May I help?");
  await dialog(page).getByRole("button", { name: "Start chat" }).click();
  await page.waitForURL(/\/app\/all\/conv_/);
  await page.locator(".bub", { hasText: "May I help?" }).waitFor();
  const conversation = new URL(page.url()).pathname.split("/").at(-1);
  await page.goBack();
  await drawer(page).getByRole("link", { name: "Open conversation" }).click();
  await page.waitForURL((url) => url.pathname.endsWith(conversation));
  await first.leave();
  assert.ok(took < 3 * SOON_MS, `${took} ms from opening the page to the row`);
  assertQuiet(page);
});

test("a lead says where it went, and is replayed once the tag is there", async () => {
  const sent = await lead({
    phone_number: "(818) 740-5020",
    name: "Grace Hopper",
    email: "grace@example.com",
    sequence_id: 999,
  });
  assert.equal(sent.status, 201);
  await lead({ name: "Without Number" });
  const page = await sit("/app/leads");
  await row(page, "Grace Hopper").getByText("Created").waitFor();
  await row(page, "Without Number").getByText("Refused").waitFor();
  await row(page, "Grace Hopper").getByRole("link").click();
  await drawer(page).getByText("there is no sequence 999").first().waitFor();
  await drawer(page).getByText("nobody had the number").waitFor();
  await drawer(page).getByText('"name": "Grace Hopper"').first().waitFor();
  await press(drawer(page), "Replay");
  await dialog(page).getByText("not done twice").waitFor();
  await press(dialog(page), "Replay");
  await page.waitForURL((url) => !url.pathname.endsWith(sent.receipt_id));
  await drawer(page).getByText("Replay of").waitFor();
  await drawer(page).getByRole("link", { name: "Open contact" }).click();
  await drawer(page).getByText("grace@example.com").waitFor();
  // Both receipts stand at the contact, too.
  await eventually(
    "the intake is listed",
    async () =>
      (await drawer(page).getByText("Lead form", { exact: true }).count()) >= 2,
  );
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await page.goto(`${desk.server.base}/app/leads?about=${id}`);
  await row(page, "Grace Hopper").first().waitFor();
  await eventually(
    "only theirs",
    async () => (await page.locator("tbody tr").count()) === 2,
  );
  assertQuiet(page);
});

test("a drawer asks for what it shows once, and then is still", async () => {
  const { id } = await contact("Still Water", { phone: "+4930901844" });
  const { receipt_id: receipt } = await lead({ phone_number: "+4930901844" });
  const here = await visit();
  const { id: visitor } = await eventually("a visitor is there", async () => {
    const { data } = await desk.workspace.call(
      "GET",
      "/v1/visitors?online=true",
    );
    return data[0];
  });
  const page = await sit("/app/contacts");
  await isLive(page);
  let asked = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    // The views of the inbox are counted whatever is shown.
    if (searchParams.get("per_page") !== "1") asked.push(pathname);
  });
  for (const path of [
    `contacts/${id}`,
    `visitors/${visitor}`,
    `leads/${receipt}`,
  ]) {
    await page.goto(`${desk.server.base}/app/${path}`);
    await drawer(page).locator(".card").first().waitFor();
    await isLive(page);
    await page.waitForLoadState("networkidle");
    asked = [];
    await page.waitForTimeout(SOON_MS);
    assert.deepEqual(asked, [], path);
  }
  await here.leave();
});

test("a server that is away is told of, and trying again helps", async () => {
  await contact("Solveig Offline");
  const page = await sit("/app/all");
  await page.route("**/v1/contacts/**", (route) => route.abort());
  await page.route("**/v1/visitors**", (route) => route.abort());
  await page.getByRole("link", { name: "Contacts" }).click();
  await page.getByText("The server could not be reached.").waitFor();
  await page.unroute("**/v1/contacts/**");
  await press(page, "Try again");
  await row(page, "Solveig Offline").waitFor();
});

test("a viewer looks, and is offered nothing that they may not do", async () => {
  const { id } = await contact("Wanda Watched", { tags: ["patron"] });
  const page = await sit(`/app/contacts/${id}`, { role: "viewer" });
  await drawer(page).getByText("patron").waitFor();
  await drawer(page).getByText("None yet. Start one").waitFor();
  for (const name of [
    "New contact",
    "Edit",
    "Edit details",
    "Delete contact",
    "Start a chat",
  ]) {
    assert.equal(
      await page.getByRole("button", { name, exact: true }).count(),
      0,
      name,
    );
  }
  assert.equal(await page.getByRole("checkbox").count(), 0);
  assertQuiet(page);
});

test("what others wrote is text everywhere", async () => {
  const ids = [];
  for (const [number, payload] of PAYLOADS.slice(0, 24).entries()) {
    const short = payload.slice(0, 200);
    const { id } = await contact(short, {
      company: short,
      tags: [`x${number}${payload.slice(0, 40)}`],
      custom_attributes: { [payload.slice(0, 60)]: payload },
    });
    await desk.workspace.call("PATCH", `/v1/contacts/${id}`, {
      profile: { notes: payload },
    });
    ids.push(id);
  }
  await lead({
    phone_number: "+4930901899",
    name: PAYLOADS[7],
    tags: PAYLOADS[0],
    x: PAYLOADS[1],
  });
  const page = await sit("/app/contacts");
  for (const id of ids.slice(-8)) {
    await page.goto(`${desk.server.base}/app/contacts/${id}`);
    await drawer(page).getByText("Attributes").waitFor({ state: "attached" });
    await press(drawer(page), "Edit attributes");
    await dialog(page)
      .getByLabel(/^Value of/)
      .waitFor();
  }
  await page.goto(`${desk.server.base}/app/leads`);
  await page.locator("tbody tr").first().getByRole("link").click();
  await drawer(page).getByText("What came in").first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.__xss ?? null), null);
  assert.deepEqual(page.seen.outside, []);
  assert.deepEqual(page.seen.errors, []);
});

test("each place is whole for axe, in light and dark, wide and on a phone", async () => {
  const { id } = await contact("Axinia Whole", {
    phone: "+4930901822",
    company: "شركة النور",
    tags: ["patron", "a rather long tag that has to be cut somewhere"],
    custom_attributes: { plan: "pro", notes: "x".repeat(200) },
  });
  await contact("Axinia Whole");
  await desk.workspace.call("PATCH", `/v1/contacts/${id}`, {
    do_not_contact: true,
  });
  await desk.workspace.call("POST", "/v1/conversations", {
    contact_id: id,
    body: "Hello",
  });
  const { receipt_id: receipt } = await lead({
    phone_number: "+4930901822",
    tags: "web",
  });
  const here = await visit("?utm_source=news");
  const { data } = await eventually("a visitor is there", async () => {
    const page = await desk.workspace.call("GET", "/v1/visitors?online=true");
    return page.data.length && page;
  });
  const views = [
    [
      "/app/contacts?f=is:tag:patron",
      (page) => row(page, "Axinia Whole").first(),
    ],
    [
      `/app/contacts/${id}`,
      (page) => drawer(page).getByText("Possible duplicates"),
    ],
    ["/app/visitors", (page) => page.locator("tbody tr").first()],
    [`/app/visitors/${data[0].id}`, (page) => drawer(page).getByText("Visits")],
    ["/app/leads", (page) => page.locator("tbody tr").first()],
    [
      `/app/leads/${receipt}`,
      (page) => drawer(page).getByText("What was done"),
    ],
  ];
  for (const [colorScheme, viewport] of [
    ["light", WIDE],
    ["dark", WIDE],
    ["light", PHONE],
    ["dark", PHONE],
    ["light", SMALL],
  ]) {
    const page = await sit("/app/contacts", { colorScheme, viewport });
    const what = (path) => `${path}, ${colorScheme}, ${viewport.width}`;
    for (const [path, there] of views) {
      await page.goto(desk.server.base + path);
      await there(page).waitFor();
      await assertWhole(page, what(path));
      await assertFits(page);
    }
    await page.goto(`${desk.server.base}/app/contacts/${id}`);
    for (const name of ["Edit", "Edit details", "Edit attributes", "Merge …"]) {
      await press(drawer(page), name);
      await dialog(page).waitFor();
      await assertWhole(page, what(name));
      await page.keyboard.press("Escape");
      await closed(page);
    }
    await page.goto(`${desk.server.base}/app/contacts`);
    for (const name of ["New contact", "Export", "Add filter"]) {
      await press(page, name);
      await dialog(page).waitFor();
      await assertWhole(page, what(name));
      await page.keyboard.press("Escape");
      await closed(page);
    }
    await page.context().close();
  }
  await here.leave();
});

test("the places call nothing that the document does not list", () =>
  desk.assertListed());
