// Reports: figures that are those of the API, and lead to their rows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import {
  assertFits,
  assertQuiet,
  assertWhole,
  Desk,
  PHONE,
  WIDE,
} from "./desk.mjs";
import { eventually } from "./workspace.mjs";

let desk;
let operator;

before(async () => {
  desk = await Desk.start();
  operator = await desk.workspace.operator("Maya Lindqvist");
  for (const name of ["Ada", "Bo", "Cy"]) {
    const id = await desk.talk(name, "Hello?");
    const say = { body: "Hi", operator_id: operator.id };
    await desk.workspace.call("POST", `/v1/conversations/${id}/messages`, say);
    await desk.workspace.call("POST", `/v1/conversations/${id}/assign`, {
      operator_id: operator.id,
    });
    if (name === "Cy") continue;
    await desk.workspace.call("POST", `/v1/conversations/${id}/close`, {});
    await desk.workspace.call("POST", `/v1/conversations/${id}/rate`, {
      score: name === "Bo" ? 5 : 4,
    });
  }
  await eventually(
    "all is counted",
    async () => (await report("rating")).count === 2,
  );
});
after(() => desk?.stop());
afterEach(() => desk.clear());

const ZONE = "Pacific/Auckland";

async function report(measure, step = "day") {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(
    new Date(),
  );
  const query = new URLSearchParams({
    from: today,
    to: today,
    step,
    timezone: ZONE,
  });
  return (await desk.workspace.call("GET", `/v1/reports/${measure}?${query}`))
    .data;
}

const part = (page, title) =>
  page.getByRole("region", { name: title, exact: true });
const figure = (page, title) =>
  part(page, title).locator(".figure").innerText();
const sitDown = (path, options = {}) =>
  desk.sitDown("Rae", { path, timezoneId: ZONE, ...options });

test("the overview tells the same figures as the API", async () => {
  const page = await sitDown("/app/reports");
  assert.equal(await figure(page, "Conversations"), "3");
  assert.equal(await figure(page, "Messages received"), "3");
  assert.equal(await figure(page, "Messages sent"), "3");
  assert.equal(await figure(page, "Rating"), "4.5");
  assert.equal(
    await figure(page, "Leads"),
    String((await report("leads")).count),
  );
  await part(page, "Messages sent")
    .getByRole("cell", { name: "Maya Lindqvist" })
    .waitFor();
  assertQuiet(page);
});

test("a figure leads to its rows, and what is shown can be linked to", async () => {
  const page = await sitDown("/app/reports/resolution");
  await page.getByRole("button", { name: "7 days" }).click();
  await page.getByText("Every bar as a row").click();
  await page.locator(".measured details a").last().click();
  await page.locator(".behind a", { hasText: "Ada" }).waitFor();
  assert.equal(await page.locator(".behind a").count(), 2);
  await page.reload();
  await page.locator(".behind a", { hasText: "Bo" }).click();
  await page.locator(".bub", { hasText: "Hello?" }).waitFor();
  assert.match(page.url(), /\/app\/closed\/conv_/);
  assertQuiet(page);
});

test("the file has the same figures", async () => {
  const page = await sitDown("/app/reports/volume");
  await page.getByRole("button", { name: "7 days" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Conversations as CSV" }).click(),
  ]);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\r\n");
  assert.equal(lines.length, 8);
  assert.match(lines[0], /^\ufeff?From,To,Count,Sum,Conversations$/);
  const counts = lines.slice(1).map((line) => Number(line.split(",")[2]));
  assert.deepEqual(counts, [0, 0, 0, 0, 0, 0, 3]);
  const [bucket] = (await report("conversations_created")).buckets;
  assert.equal(lines[7].split(",")[0], bucket.start);
});

test("days are those of the zone that is asked for", async () => {
  const page = await sitDown("/app/reports/volume");
  await page.getByLabel("Time zone").selectOption("UTC");
  await page.getByLabel("First day").fill("2026-03-01");
  await page.getByLabel("Last day").fill("2026-03-02");
  await eventually(
    "it says so",
    async () => (await figure(page, "Conversations")) === "0",
  );
  assert.match(page.url(), /timezone=UTC/);
  await page.getByLabel("First day").fill("2020-03-01");
  await page
    .getByText("must be at most two years after 'from'")
    .first()
    .waitFor();
});

test("reports are whole for axe, in light and dark, wide and on a phone", async () => {
  for (const [colorScheme, viewport] of [
    ["light", WIDE],
    ["dark", WIDE],
    ["light", PHONE],
    ["dark", PHONE],
  ]) {
    const page = await sitDown("/app/reports", { colorScheme, viewport });
    await part(page, "Leads").locator(".u-over").waitFor();
    await assertWhole(page, `reports, ${colorScheme}, ${viewport.width}`);
    await assertFits(page);
    await page.screenshot({
      path: `/tmp/r-${colorScheme}-${viewport.width}.png`,
    });
  }
});

test("reports call nothing that the document does not list", () =>
  desk.assertListed());
