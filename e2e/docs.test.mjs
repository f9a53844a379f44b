// The API reference in a real browser, served by the real program.
import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { launch, requireServer, watch } from "./browser.mjs";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const OPERATIONS_MIN = 5;

const { base, key } = requireServer({ needsKey: true });
let browser;
let page;
let seen;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});
beforeEach(async () => {
  const context = await browser.newContext({ viewport: WIDE });
  page = await context.newPage();
  seen = watch(page, base);
});
afterEach(async () => {
  await page.context().close();
});

async function open(hash = "") {
  await page.goto(`${base}/docs${hash}`);
  await page.locator(".operation").first().waitFor();
}

function assertQuiet() {
  assert.deepEqual(seen.errors, [], "the console must stay free of errors");
  assert.deepEqual(seen.outside, [], "no request may leave the origin");
}

/** The document itself says which operations there must be. */
async function operations() {
  const response = await page.request.get(`${base}/openapi.json`);
  assert.equal(response.status(), 200);
  const { paths } = await response.json();
  const methods = ["get", "post", "put", "patch", "delete"];
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ path, method, ...item[method] }] : [])),
  );
}

async function listContacts() {
  const found = (await operations()).find(
    ({ path, method }) => path.endsWith("/contacts") && method === "get",
  );
  assert.ok(found?.operationId, "openapi.json must list GET …/contacts with an operationId");
  return found;
}

async function giveKey() {
  await page.locator("#tools .key-button").click();
  await page.getByLabel("Your API key", { exact: true }).fill(key);
  await page.keyboard.press("Enter");
  await page.locator("#key-panel").waitFor({ state: "hidden" });
}

test("shows every operation of the document", async () => {
  await open();
  const listed = await operations();
  assert.ok(listed.length >= OPERATIONS_MIN, `only ${listed.length} operations are documented`);
  assert.equal(await page.locator(".operation").count(), listed.length);
  assert.equal(await page.locator(".part .problem").count(), 0, "an operation could not be shown");
  assert.equal(await page.locator("h1").count(), 1);
  assertQuiet();
});

test("filters from the keyboard", async () => {
  await open();
  const all = await page.locator(".lists li:visible").count();
  await page.keyboard.press("/");
  await page.keyboard.type("post contact");
  const found = await page.locator(".lists li:visible").count();
  assert.ok(found > 0 && found < all, `${found} of ${all} entries match`);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash !== "");
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".lists li:visible").count(), all);
  await page.keyboard.type("nothing is called this");
  assert.ok(await page.locator(".no-match").isVisible());
  assertQuiet();
});

test("goes to the operation a link names, and marks it", async () => {
  const { operationId } = await listContacts();
  await open(`#${operationId}`);
  const top = await page
    .locator(`[id="${operationId}"] h3`)
    .evaluate((title) => title.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < WIDE.height / 2, `the title is ${top} px from the top`);
  await page.locator(`.lists a[aria-current][href="#${operationId}"]`).waitFor();
  assertQuiet();
});

test("sends a real request with the reader's key", async () => {
  const { operationId } = await listContacts();
  await open(`#${operationId}`);
  await giveKey();
  const part = page.locator(`[id="${operationId}"]`);
  assert.match(await part.locator("pre").first().innerText(), new RegExp(`Bearer ${key}`));
  await part.locator(".try-toggle").click();
  await part.getByRole("button", { name: "Send request" }).click();
  const answer = part.locator(".answer");
  await answer.waitFor();
  assert.match(await answer.locator(".answer-status").innerText(), /^200/);
  assert.match(await answer.innerText(), /X-Request-Id/i);
  assert.match(await answer.locator("pre").innerText(), /"data"/);
  assertQuiet();
});

test("keeps the key out of storage, cookies and the address", async () => {
  await open();
  await giveKey();
  const kept = await page.evaluate(() =>
    [
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      document.cookie,
      location.href,
    ].join(),
  );
  assert.ok(!kept.includes(key));
  await page.reload();
  await page.locator(".operation").first().waitFor();
  assert.ok(!(await page.locator("main").innerText()).includes(key));
});

test("fits a phone, in light and dark", async () => {
  await page.setViewportSize(PHONE);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await open();
    const extra = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(extra <= 0, `the page is ${extra} px too wide`);
  }
  await page.getByRole("button", { name: "Contents" }).click();
  await page.locator(".lists li a").first().click();
  assert.ok(!(await page.locator("#nav").isVisible()), "going somewhere closes the contents");
  assertQuiet();
});

test("says what happened when the document cannot be loaded, and tries again", async () => {
  let isDown = true;
  await page.route("**/openapi.json", (route) =>
    isDown ? route.fulfill({ status: 503, body: "" }) : route.continue(),
  );
  await page.goto(`${base}/docs`);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /503/);
  isDown = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".operation").first().waitFor();
});

test("names the document to readers without scripts", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(`${base}/docs`);
  for (const name of ["openapi.json", "openapi.yaml"]) {
    assert.ok(await plain.getByRole("link", { name }).isVisible());
    const response = await plain.request.get(`${base}/${name}`);
    assert.equal(response.status(), 200, `/${name} must be there`);
  }
  await context.close();
});
