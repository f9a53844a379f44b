// The first run of a new program, and the settings that came with it, in a real browser against the
// real program, with a real page that carries the line.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { watch } from "./browser.mjs";
import {
  assertFits,
  assertQuiet,
  assertWhole,
  Desk,
  PHONE,
  WIDE,
} from "./desk.mjs";
import { Shop } from "./host.mjs";
import { freePort } from "./program.mjs";
import { eventually } from "./workspace.mjs";

const START_MS = 30_000;
const PRESSES_MAX = 16;
const FIRST_RUN_MS_MAX = 60_000;
const OWNER = {
  name: "Ada Lovelace",
  email: "ada@pennyroot.example",
  password: "kiln glaze tongs ash",
};
const NARROW = { width: 320, height: 640 };

let desk;
let servers = [];
let contexts = [];

before(async () => (desk = await Desk.start()));
after(() => desk?.stop());
afterEach(async () => {
  await desk.clear();
  await Promise.all(contexts.map((context) => context.close()));
  await Promise.all(servers.map((server) => server.stop()));
  contexts = [];
  servers = [];
});

/** A program that was just started for the first time. */
async function unclaimed() {
  const { PROGRAM } = process.env;
  if (!PROGRAM) throw new Error("PROGRAM must name the program under test");
  const folder = await mkdtemp(join(tmpdir(), "switchboard-e2e-"));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const args = ["serve", "--listen", `127.0.0.1:${port}`, "--data", folder];
  const env = { ...process.env, SWITCHBOARD_RATE_LIMITS_ENFORCE: "false" };
  const child = spawn(PROGRAM, args, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  };
  servers.push({ stop });
  const printed = () => {
    if (child.exitCode !== null)
      throw new Error(`the program ended at once:\n${said}`);
    return /\/claim#\S+/.exec(said)?.[0];
  };
  const path = await eventually("the program prints a link", printed, START_MS);
  await eventually("the program answers", () =>
    fetch(`${base}/readyz`).catch(() => false),
  );
  return { base, folder, claim: base + path };
}

async function visit(server, address) {
  const context = await desk.browser.newContext({
    viewport: WIDE,
    reducedMotion: "reduce",
    locale: "en-PT",
    timezoneId: "Europe/Lisbon",
  });
  contexts.push(context);
  const page = await context.newPage();
  page.seen = watch(page, server.base);
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/v1/") && !pathname.startsWith("/v1/claim"))
      desk.asked.add(`${request.method()} ${pathname}`);
  });
  await page.goto(new URL(address, server.base).href);
  return page;
}

async function claim(server) {
  const page = await visit(server, server.claim);
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await press(page, "Make the account");
  await titled(page, "Who you are, and where");
  return page;
}

const press = (within, name) =>
  within.getByRole("button", { name, exact: true }).click();
const titled = (page, name) =>
  page.getByRole("heading", { level: 1, name }).waitFor();
const row = (page, text) => page.locator("tbody tr", { hasText: text });
const line = (page, title) =>
  page
    .getByRole("region", { name: "What to do next" })
    .getByRole("listitem")
    .filter({ hasText: title });
const isTicked = (page, title) =>
  line(page, title).getByText("done", { exact: true }).waitFor({
    state: "attached",
  });

/** A request as the page itself would send it. */
function ask(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(path, {
        method,
        headers,
        body: body && JSON.stringify(body),
      });
      return (await answer.json()).data;
    },
    [method, path, body],
  );
}

test("the first run leads from the printed link to a site that was seen, on two devices", async () => {
  const server = await unclaimed();
  const shop = await Shop.open(server.base);
  try {
    const begun = Date.now();
    let presses = 0;
    const go = async (page, name) => {
      presses += 1;
      await press(page, name);
    };
    const page = await claim(server);
    presses += 1;
    const country = page.getByLabel("Country");
    assert.equal(await country.inputValue(), "PT", "as the browser says");
    const zone = page.getByLabel("Time zone");
    assert.equal(await zone.inputValue(), "Europe/Lisbon");
    await assertWhole(page, "the first screen");
    await go(page, "Save and go on");

    await titled(page, "Your site, and its colour");
    await page.getByLabel("Name").fill("Pennyroot");
    await page.getByLabel("Domain").fill("two words");
    await go(page, "Save and go on");
    await page.getByRole("alert").getByText("That is no domain.").waitFor();
    await page.getByLabel("Domain").fill(shop.farOrigin);
    await page.getByLabel("Colour").fill("#8a3324");
    const preview = page.getByRole("complementary", { name: "Preview" });
    await preview.getByText("Pennyroot").waitFor();
    const shown = await preview
      .locator(".go")
      .evaluate((one) => getComputedStyle(one).backgroundColor);
    assert.equal(
      shown,
      "rgb(138, 51, 36)",
      "the colour is seen as it is typed",
    );
    await assertWhole(page, "the second screen");
    await go(page, "Save and go on");

    await titled(page, "Put it on your pages");
    await go(page, "Your site done");
    assert.equal(
      await page.getByLabel("Domain").inputValue(),
      shop.farOrigin,
      "what was saved stands there",
    );
    await go(page, "On your pages");
    const other = await visit(server, "/login");
    await other.getByLabel("E-mail").fill(OWNER.email);
    await other.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await press(other, "Sign in");
    await titled(other, "Put it on your pages");
    await other.close();

    const [site] = await ask(page, "GET", "/v1/sites?limit=1");
    const code = page.locator("pre");
    for (const way of [
      "HTML",
      "Tag Manager",
      "WordPress",
      "React, Vue, Next",
    ]) {
      await page.getByRole("tab", { name: way }).click();
      await code.getByText(`/widget/${site.key}.js`).waitFor();
    }
    await page.keyboard.press("ArrowRight");
    const last = page.getByRole("tab", { name: "Webflow, Wix" });
    assert.equal(await last.getAttribute("aria-selected"), "true");
    const mail = page.getByRole("link", { name: "E-mail my developer" });
    const sent = new URL(await mail.getAttribute("href"));
    assert.ok(
      sent.searchParams.get("body").includes(await code.textContent()),
      "the mail has the line",
    );
    await page.getByText("Waiting for a page of yours.").waitFor();
    await assertWhole(page, "the third screen");

    const visitor = await page.context().newPage();
    // A page of an origin that the site does not name is told apart.
    await visitor.goto(shop.origin + shop.path("shop", site));
    await page.getByText("may not show it").waitFor();
    await visitor.goto(shop.farOrigin + shop.path("shop", site));
    await page.getByText("We saw your site.").waitFor();
    await page.getByText(shop.farOrigin, { exact: true }).waitFor();
    await visitor.close();
    await assertWhole(page, "a site that was seen");
    await go(page, "Go on");

    await titled(page, "How mail leaves");
    await go(page, "Send a test mail to me");
    const written = page.getByText(/The test to .* was written as/);
    await written.waitFor();
    const [, file] = /(ntc_\w+\.eml)/.exec(await written.textContent());
    const text = await readFile(join(server.folder, "outbox", file), "utf8");
    assert.ok(text.includes(`To: ${OWNER.email}`), text);
    await assertWhole(page, "the fourth screen");
    await go(page, "To the inbox");
    await page.getByRole("region", { name: "What to do next" }).waitFor();
    const took = Date.now() - begun;
    assert.ok(presses <= PRESSES_MAX, `${presses} presses`);
    assert.ok(took <= FIRST_RUN_MS_MAX, `${took} ms`);
    console.log(`first run: ${presses} presses, ${took} ms with every check`);

    const settings = await ask(page, "GET", "/v1/settings");
    assert.equal(settings.region, "PT");
    assert.equal(settings.timezone, "Europe/Lisbon");
    assertQuiet(page);
    await hints(server, page);
  } finally {
    await shop.close();
  }
});

/** What an empty inbox says, and that each line of it ticks itself. */
async function hints(server, page) {
  await page.goto(`${server.base}/app/mentions`);
  await isTicked(page, "Put the chat on your pages");
  await assertWhole(page, "the next steps");
  for (const title of ["Say hello", "Invite a colleague", "Write a macro"]) {
    await line(page, title).getByRole("link").waitFor();
  }
  await ask(page, "POST", "/v1/macros", { name: "hello", body: "Hello" });
  await ask(page, "POST", "/v1/invitations", { email: "bo@example.com" });
  await ask(page, "POST", "/v1/conversations", { email: "v@example.com" });
  for (const title of ["Say hello", "Invite a colleague", "Write a macro"]) {
    await isTicked(page, title);
  }
  await page.getByRole("heading", { name: "All set" }).waitFor();
  await press(page, "Put away");
  await page
    .getByRole("region", { name: "What to do next" })
    .waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("No note names you").waitFor();
  assert.equal(await page.getByText("All set").count(), 0, "it stays away");
}

test("a first run that was left out does not come back, and mail says why it does not leave", async () => {
  const server = await unclaimed();
  const page = await claim(server);
  await press(page, "Skip");
  await titled(page, "Your site, and its colour");
  await press(page, "Skip");
  await page.getByText("There is no site yet").waitFor();
  await page.setViewportSize(NARROW);
  await assertFits(page);
  await page.setViewportSize(WIDE);
  await press(page, "Leave all of this out");
  await page.getByRole("region", { name: "What to do next" }).waitFor();
  await page.reload();
  await page.getByRole("region", { name: "What to do next" }).waitFor();
  const { steps, ended_at } = await ask(page, "GET", "/v1/first-run");
  assert.deepEqual(steps, { admin: "skipped", site: "skipped" });
  assert.ok(ended_at);

  const outbox = join(server.folder, "outbox");
  await rm(outbox, { recursive: true, force: true });
  await writeFile(outbox, "");
  await page.goto(`${server.base}/app/settings/mail`);
  await press(page, "Send a test mail to me");
  const alert = page.getByRole("alert");
  await alert.getByText("look whether it is a folder").waitFor();
  await assertWhole(page, "a mail that cannot leave");
  await rm(outbox);
  await press(page, "Send a test mail to me");
  await page.getByText(/The test to .* was written as/).waitFor();
  await eventually("both mails are there", async () => {
    const names = await readdir(outbox).catch(() => []);
    return names.filter((name) => name.endsWith(".eml")).length === 2;
  });
  assertQuiet(page);
});

const open = (path, more = {}) =>
  desk.sitDown("Ana Ruiz", {
    path: `/app/settings/${path}`,
    role: "admin",
    ...more,
  });
const dialog = (page) => page.getByRole("dialog");

async function choose(page, name, item) {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page
    .locator(".menu:popover-open")
    .getByRole("button", { name: item, exact: true })
    .click();
}

test("an attribute is defined with its choices", async () => {
  const page = await open("attributes");
  await press(page, "Create attribute");
  await dialog(page).getByLabel("Name").fill("plan");
  await dialog(page).getByLabel("Label", { exact: true }).fill("Plan");
  await dialog(page).getByLabel("Kind").selectOption("choice");
  await press(dialog(page), "Create attribute");
  await dialog(page).getByText("must name at least one").waitFor();
  await dialog(page).getByLabel("Choices").fill("free\npro");
  await press(dialog(page), "Create attribute");
  await row(page, "plan").getByText("One of some choices").waitFor();
  const { data } = await desk.workspace.call("GET", "/v1/attributes");
  assert.deepEqual(data[0].choices, ["free", "pro"]);
  await assertWhole(page, "attributes");

  // It is asked of every contact, shown by its label, and offered where contacts are filtered.
  const { data: contact } = await desk.workspace.call("POST", "/v1/contacts", {
    email: "zoe@example.com",
  });
  await page.goto(`${desk.server.base}/app/contacts/${contact.id}`);
  await press(page, "Edit attributes");
  const value = dialog(page).getByLabel("Value of plan");
  await value.fill("pro");
  const offered = await value.evaluate((one) =>
    [...one.list.options].map((option) => option.value),
  );
  assert.deepEqual(offered, ["free", "pro"]);
  await assertWhole(page, "attributes of a contact");
  await press(dialog(page), "Save");
  await page.locator("dt").getByText("Plan", { exact: true }).waitFor();
  const now = await desk.workspace.call("GET", `/v1/contacts/${contact.id}`);
  assert.deepEqual(now.data.custom_attributes, { plan: "pro" });
});

test("hours have shifts, nights and holidays, and visitors are asked for their consent", async () => {
  const { data: site } = await desk.workspace.call("POST", "/v1/sites", {
    name: "Night shop",
  });
  const page = await open(`sites/${site.id}`);
  const read = async () =>
    (await desk.workspace.call("GET", `/v1/sites/${site.id}`)).data;
  await page.getByText("Waiting for a page of yours.").waitFor();
  await page.getByLabel("Somebody is there at certain hours only").check();
  await page.getByLabel("Time zone of the hours").selectOption("Europe/Lisbon");
  await page.getByLabel("Monday, to, 1").fill("12:30");
  await press(page, "Add a shift to Monday");
  await page.getByLabel("Monday, from, 2").fill("22:00");
  await page.getByLabel("Monday, to, 2").fill("02:00");
  await page.getByText("next day").waitFor();
  for (const day of ["Tuesday", "Wednesday", "Thursday"])
    await press(page, `Remove shift 1 of ${day}`);
  await press(page, "Add a day");
  await press(page, "Save hours");
  await page.getByRole("alert").getByText("needs its date").waitFor();
  await page.getByLabel("Date of day 1").fill("2026-12-25");
  await page
    .getByLabel("What visitors are told on 2026-12-25")
    .fill("Merry Christmas");
  await press(page, "Save hours");
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.deepEqual((await read()).hours, {
    timezone: "Europe/Lisbon",
    days: {
      fri: [["09:00", "17:00"]],
      mon: [
        ["09:00", "12:30"],
        ["22:00", "02:00"],
      ],
    },
    holidays: [{ date: "2026-12-25", text: "Merry Christmas", times: [] }],
  });
  await page.getByLabel("What visitors agree to").fill("You may keep this.");
  await page.getByLabel("Version").fill("1");
  await page.getByLabel("Nobody may write without it").check();
  await press(page, "Save changes");
  await page.getByText("All is saved").waitFor();
  const saved = await read();
  assert.deepEqual(saved.pre_chat.consent, {
    text: "You may keep this.",
    version: "1",
    is_required: true,
  });
  assert.ok(saved.hours, "the other form leaves the hours alone");
  await assertWhole(page, "a site with hours");
  await page.setViewportSize(NARROW);
  await assertFits(page);
});

test("the log of requests says who asked for what, and what came of it", async () => {
  const { data: key } = await desk.workspace.call("POST", "/v1/keys", {
    name: "Nightly sync",
    level: "read",
  });
  const call = (path, method = "GET") =>
    fetch(desk.server.base + path, {
      method,
      headers: {
        Authorization: `Bearer ${key.secret ?? key.key}`,
        "Content-Type": "application/json",
      },
      ...(method === "POST" && { body: "{}" }),
    });
  assert.equal((await call("/v1/tags?secret=1")).status, 200);
  assert.equal((await call("/v1/contacts/con_nobody")).status, 404);
  assert.equal((await call("/v1/tags", "POST")).status, 403);
  const logged = () =>
    desk.workspace.call("GET", `/v1/request-log?asker=${key.id}`);
  await eventually(
    "the requests are written down",
    async () => (await logged()).data.length === 3,
  );
  const page = await open("developers/request-log");
  await page.getByLabel("Who asked").selectOption({ label: "Nightly sync" });
  await row(page, "/v1/tags").first().waitFor();
  assert.equal(await page.locator("tbody tr").count(), 3);
  await page.getByLabel("Status").selectOption("4xx");
  await row(page, "404").waitFor();
  await eventually(
    "only what was refused",
    async () => (await page.locator("tbody tr").count()) === 2,
  );
  await page.getByLabel("Path begins with").fill("/v1/contacts");
  await eventually(
    "only that path",
    async () => (await page.locator("tbody tr").count()) === 1,
  );
  await page.getByRole("link", { name: "GET /v1/contacts/con_nobody" }).click();
  const drawer = page.getByRole("complementary", { name: "Request" });
  await drawer.getByText("not_found").waitFor();
  await drawer.getByText("Nightly sync").waitFor();
  await assertWhole(page, "the log of requests");
  assert.ok(!(await page.content()).includes("secret=1"), "no query is kept");
});

test("an invitation is seen while it is open, sent anew, and withdrawn", async () => {
  const page = await open("team");
  const invitations = page.getByRole("region", { name: "Open invitations" });
  await press(page, "Invite");
  await dialog(page).getByLabel("E-mail address").fill("eve@example.com");
  await press(dialog(page), "Send invitation");
  const first = await page.locator(".once code").textContent();
  await invitations.getByText("eve@example.com").waitFor();
  await choose(page, "the invitation of eve@example.com", "Send a new link");
  await eventually("another link", async () => {
    const now = await page.locator(".once code").textContent();
    return now !== first;
  });
  const token = (await page.locator(".once code").textContent()).split("#")[1];
  await assertWhole(page, "open invitations");
  await choose(page, "the invitation of eve@example.com", "Withdraw");
  await press(dialog(page), "Withdraw");
  await invitations.getByText("eve@example.com").waitFor({ state: "detached" });
  await row(page, "eve@example.com").getByText("Deactivated").waitFor();
  const joined = await fetch(`${desk.server.base}/v1/invitations/redeem`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, password: OWNER.password }),
  });
  assert.equal(joined.status, 422, "the link is good no more");
  await page.setViewportSize(PHONE);
  await assertFits(page);
});

test("the desk asked for nothing that the document does not list", () => {
  desk.assertListed();
});
