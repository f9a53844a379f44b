// What is done with contacts at the desk: exports, segments, merges and their undoing, and leads.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { assertFits, assertQuiet, assertWhole, Desk, PHONE } from "./desk.mjs";
import { eventually } from "./workspace.mjs";

const SMALL = { width: 320, height: 700 };
const AT_ONCE = 20;

let desk;

before(async () => {
  desk = await Desk.start();
});
after(() => desk?.stop());
afterEach(() => desk.clear());

let made = 0;

async function contact(name, more = {}) {
  made += 1;
  const email = `person${made}@contacts.example`;
  const body = { name, email, ...more };
  return (await desk.workspace.call("POST", "/v1/contacts", body)).data;
}

/** As many as `count` who work for `company`. */
async function crowd(count, company) {
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - first);
    await Promise.all(
      Array.from({ length: some }, (_, at) =>
        contact(`${company} ${first + at}`, { company }),
      ),
    );
  }
}

const sit = (path, options) =>
  desk.sitDown("Carla Contacts", { path, ...options });
const dialog = (page) => page.locator("dialog.ask");
const drawer = (page) => page.locator("aside.drawer");
const row = (page, name) => page.locator("tbody tr").filter({ hasText: name });
const press = (place, name) =>
  place.getByRole("button", { name, exact: true }).click();

/** From here on little comes at once. */
async function slow(page) {
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  const conditions = { offline: false, latency: 0, uploadThroughput: -1 };
  await line.send("Network.emulateNetworkConditions", {
    ...conditions,
    downloadThroughput: 30_000,
  });
  return () =>
    line.send("Network.emulateNetworkConditions", {
      ...conditions,
      downloadThroughput: -1,
    });
}

test("an export says how far it is, and one that is cancelled leaves nothing", async () => {
  await crowd(600, "Quarry");
  const page = await sit("/app/contacts?q=quarry");
  await page.getByText("600 contacts", { exact: true }).waitFor();
  const downloads = [];
  page.on("download", (download) => downloads.push(download));
  const broken = [];
  page.on("requestfailed", (request) => broken.push(request.url()));
  const fast = await slow(page);
  await press(page, "Export");
  await assertWhole(page, "the question of an export");
  await press(dialog(page), "Export");
  await dialog(page)
    .getByText(/^[1-9]\d* of 600$/)
    .waitFor();
  await assertWhole(page, "an export that runs");
  await press(dialog(page), "Cancel");
  await dialog(page).waitFor({ state: "detached" });
  await eventually("the request has ended", async () =>
    broken.some((url) => url.endsWith("/v1/contacts/export")),
  );
  await fast();
  // The next one comes whole, and is the only file.
  await press(page, "Export");
  await press(dialog(page), "Export");
  await page.getByText("Exported 600 contacts").waitFor();
  await eventually("there is a file", async () => downloads.length > 0);
  assert.equal(downloads.length, 1);
  const text = await readFile(await downloads[0].path(), "utf8");
  assert.equal(text.split("\r\n").length, 602);
  const { data } = await desk.workspace.call("GET", "/v1/audit?limit=2");
  assert.deepEqual(
    data.map(({ kind }) => kind),
    ["contact.exported", "contact.exported"],
  );
  assert.equal(data[0].payload.narrowed, true);
  assertQuiet(page);
});

test("what refuses an export is said, and so is a file that is cut off", async () => {
  await contact("Cut Off");
  const page = await sit("/app/contacts");
  await row(page, "Cut Off").waitFor();
  await page.route("**/v1/contacts/export", (route) => route.abort());
  await press(page, "Export");
  await press(dialog(page), "Export");
  await dialog(page).getByText("broken off on its way").waitFor();
  await page.unroute("**/v1/contacts/export");
  await press(dialog(page), "Export");
  await page.getByText(/^Exported \d+ contacts?$/).waitFor();
});

const aside = (page) =>
  page.getByRole("navigation", { name: "Contacts", exact: true });

test("filters are kept as a segment with its count, shared, renamed, deleted and brought back", async () => {
  await contact("Sia Segment", { tags: ["kept"], company: "Kiln" });
  await contact("Sam Segment", { tags: ["kept"] });
  const search = "?q=segment&f=is:tag:kept&f=within:created_at:30";
  const page = await sit(`/app/contacts${search}`);
  await page.getByText("2 contacts", { exact: true }).waitFor();
  await press(page.getByRole("list", { name: "Filters" }), "Save as a segment");
  await dialog(page).getByLabel("Name").fill("Kept lately");
  await assertWhole(page, "the question of a segment");
  await press(dialog(page), "Save the segment");
  await dialog(page).waitFor({ state: "detached" });
  const link = aside(page).getByRole("link", { name: "Kept lately" });
  await link.getByText("2", { exact: true }).waitFor();
  assert.equal(await link.getAttribute("aria-current"), "page");

  // Somebody new is in it at once, and it is its maker's alone.
  await contact("Sol Segment", { tags: ["kept"] });
  await page.goto(`${desk.server.base}/app/contacts`);
  await link.getByText("3", { exact: true }).waitFor();
  await assertWhole(page, "contacts with a segment");
  const other = await sit("/app/contacts");
  await aside(other).getByText("Filter the table, and keep").waitFor();
  await link.hover();
  await press(page, "Change the segment Kept lately");
  await dialog(page).getByLabel("Name").fill("Kept by us");
  await dialog(page).getByLabel("The whole team sees it").check();
  await press(dialog(page), "Save");
  await aside(page).getByRole("link", { name: "Kept by us" }).waitFor();
  await other.reload();
  await aside(other).getByRole("link", { name: "Kept by us" }).click();
  await other.getByText("3 contacts", { exact: true }).waitFor();
  const seen = new URL(other.url()).searchParams;
  assert.deepEqual(
    [seen.get("q"), ...seen.getAll("f")],
    ["segment", "is:tag:kept", "within:created_at:30"],
  );

  await aside(page).getByRole("link", { name: "Kept by us" }).hover();
  await press(page, "Delete the segment Kept by us");
  await page.getByText("The segment “Kept by us” was deleted").waitFor();
  const list = async () =>
    (await desk.workspace.call("GET", "/v1/segments")).data.map(
      ({ name, owner_id }) => [name, owner_id],
    );
  assert.deepEqual(await list(), []);
  await press(page, "Undo");
  await aside(page).getByRole("link", { name: "Kept by us" }).waitFor();
  assert.deepEqual(await list(), [["Kept by us", null]]);
  assertQuiet(page);
});

test("a segment that filters cannot say is looked at by its name, and exported", async () => {
  await contact("Either One", { company: "Eastern" });
  await contact("Or Other", { company: "Western" });
  const eq = (value) => ({ field: "company", op: "eq", value });
  const { data } = await desk.workspace.call("POST", "/v1/segments", {
    name: "East or west",
    search: { where: { or: [eq("Eastern"), eq("Western")] } },
  });
  const page = await sit("/app/contacts");
  await aside(page).getByRole("link", { name: "East or west" }).click();
  await page.getByText("2 contacts", { exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("s"), data.id);
  await page
    .getByRole("list", { name: "Filters" })
    .getByText("East or west")
    .waitFor();
  await press(page, "Export");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    press(dialog(page), "Export"),
  ]);
  const text = await readFile(await download.path(), "utf8");
  assert.equal(text.split("\r\n").length, 4);
  await press(page, "Clear filters");
  await page.waitForURL((url) => !url.search);
  assertQuiet(page);
});

test("the desk has called only what the document lists", () => {
  desk.assertListed();
});
