// The pages of the settings in a real browser, against the real program.
import assert from "node:assert/strict";
import http from "node:http";
import { after, afterEach, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { assertFits, assertQuiet, assertWhole, Desk, PHONE } from "./desk.mjs";
import { eventually } from "./workspace.mjs";

const SETTINGS = "/app/settings/";
const DOCUMENTED = [
  ["Developers", "API Keys", "developers/api-keys"],
  ["Developers", "Webhooks", "developers/webhooks"],
  ["Developers", "Webhooks → Logs", "developers/webhooks/logs"],
  ["Integrations", "Lead API", "integrations/lead-api"],
];
const PAGES = [
  "general",
  "team",
  "mail",
  "audit",
  "sites",
  "lines",
  "ring-groups",
  "attributes",
  "tags",
  "dispositions",
  "lists",
  "sequences",
  "integrations/lead-api",
  "developers/api-keys",
  "developers/webhooks",
  "developers/webhooks/logs",
  "developers/request-log",
  "developers/apps",
  "macros",
];

let desk;
let receiver;
let came = [];

before(async () => {
  desk = await Desk.start({ SWITCHBOARD_OUTBOUND_ALLOW: "127.0.0.0/8" });
  receiver = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      came.push({
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      });
      response
        .writeHead(200, { "Content-Type": "application/json" })
        .end('{"heard":true}');
    });
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
});
after(async () => {
  receiver?.close();
  await desk?.stop();
});
afterEach(() => desk.clear());

const open = (path, more = {}) =>
  desk.sitDown("Ana Ruiz", { path: SETTINGS + path, role: "admin", ...more });
const dialog = (page) => page.getByRole("dialog");
const row = (page, text) => page.locator("tbody tr", { hasText: text });
const press = (within, name) =>
  within.getByRole("button", { name, exact: true }).click();
const shownOnce = (page) => page.locator(".once code").textContent();

async function choose(page, name, item) {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page
    .locator(".menu:popover-open")
    .getByRole("button", { name: item, exact: true })
    .click();
}

async function gone(page) {
  await eventually(
    "the dialog is gone",
    async () => (await dialog(page).count()) === 0,
  );
}

async function ask(key) {
  const headers = { Authorization: `Bearer ${key}` };
  return (await fetch(`${desk.server.base}/v1/contacts`, { headers })).status;
}

async function addHook(page, name, url) {
  await press(page, "Add endpoint");
  await dialog(page).getByLabel("URL").fill(url);
  await dialog(page).getByLabel("Name").fill(name);
  await dialog(page)
    .getByRole("checkbox", { name: "contact", exact: true })
    .check();
  await dialog(page).getByLabel("message.created").check();
  await press(dialog(page), "Add endpoint");
  await gone(page);
}

const hookUrl = (path) => `http://127.0.0.1:${receiver.address().port}${path}`;

test("the documented places are where the documents say, and can be linked to", async () => {
  const page = await open("general");
  const menu = page.getByRole("navigation", { name: "Settings" });
  for (const [group, title, path] of DOCUMENTED) {
    const list = menu
      .locator(".nav-h", { hasText: group })
      .locator("xpath=following-sibling::ul[1]");
    await list.getByRole("link", { name: title, exact: true }).click();
    await page.getByRole("region", { name: title }).waitFor();
    assert.ok(new URL(page.url()).pathname.startsWith(SETTINGS + path));
  }
  await page.goto(desk.server.base + SETTINGS);
  await page.waitForURL(`**${SETTINGS}general`);
  assertQuiet(page);
});

test("a key is made, opens what it should, and opens nothing once it is revoked", async () => {
  const page = await open("developers/api-keys");
  await press(page, "Create key");
  await dialog(page).getByLabel("Name").fill("Weekly report");
  await dialog(page).getByLabel("Level").selectOption("read");
  await press(dialog(page), "Create key");
  await gone(page);
  const secret = await shownOnce(page);
  assert.match(secret, /^sk_live_/);
  assert.equal(await ask(secret), 200);
  await row(page, "Weekly report").getByText("Read").waitFor();
  await page.reload();
  await row(page, "Weekly report").waitFor();
  assert.equal(await page.getByText(secret).count(), 0);
  await choose(page, "Weekly report", "Revoke");
  await press(dialog(page), "Cancel");
  await gone(page);
  assert.equal(await ask(secret), 200);
  await choose(page, "Weekly report", "Revoke");
  await press(dialog(page), "Revoke");
  await row(page, "Weekly report").waitFor({ state: "detached" });
  assert.equal(await ask(secret), 401);
  assertQuiet(page);
});

test("whoever has to prove who they are is asked, and what they wanted is done", async () => {
  const page = await open("developers/api-keys");
  let isProved = false;
  await page.route("**/v1/keys", (route) => {
    if (route.request().method() !== "POST" || isProved)
      return route.continue();
    const error = { code: "proof_needed", message: "Prove who you are first." };
    return route.fulfill({ status: 403, json: { error } });
  });
  await press(page, "Create key");
  await dialog(page).getByLabel("Name").fill("Careful");
  await press(dialog(page), "Create key");
  const question = page.getByRole("dialog", { name: "Is it you?" });
  await question.getByLabel("Your password").fill("wrong");
  await press(question, "Go on");
  await question.getByRole("alert").waitFor();
  isProved = true;
  await question.getByLabel("Your password").fill("kiln glaze tongs ash");
  await press(question, "Go on");
  await gone(page);
  await row(page, "Careful").waitFor();
});

test("a webhook is made, tried, looked into, and its signature explained", async () => {
  came = [];
  const page = await open("developers/webhooks");
  await addHook(page, "Shop orders", hookUrl("/orders"));
  const secret = await shownOnce(page);
  assert.match(secret, /^whsec_/);
  await row(page, "Shop orders").getByText("Healthy").waitFor();
  await choose(page, "Shop orders", "Send test event");
  const drawer = page.getByRole("complementary", { name: "Delivery" });
  await drawer.getByText("Delivered", { exact: true }).first().waitFor();
  assert.equal(came.length, 1);
  const [{ headers, body }] = came;
  assert.ok(new Webhook(secret).verify(body, headers));
  await drawer.getByText('"heard": true').waitFor();
  // What was found must not make the drawer ask again, and again.
  await page.waitForLoadState("networkidle");
  // The address says what is open.
  const { href } = new URL(page.url());
  assert.match(href, /\/logs\/wh_[^/]+\/dlv_/);
  assert.ok(href.endsWith(headers["x-orbinto-delivery"]));
  await page.reload();
  await drawer.getByText('"heard": true').waitFor();
  assert.equal(await page.locator("tr[aria-selected=true]").count(), 1);

  await explain(drawer, secret, headers, body);
  await press(drawer, "Resend original");
  await eventually("it came again", () => came.length === 2);
  assert.equal(came[1].body, body);
  await drawer.locator(".atts li").nth(1).waitFor();
  assertQuiet(page);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await page.getByLabel("Status").selectOption("failed");
  await page.getByText("Nothing that was sent is like that.").waitFor();
  assert.match(page.url(), /status=failed/);
});

async function explain(drawer, secret, headers, body) {
  const field = drawer.getByLabel("Your secret, stays in this browser");
  const got = drawer.getByLabel("Signature you computed");
  await field.fill(secret);
  await got.fill(headers["webhook-signature"]);
  await drawer.getByText("It matches.").waitFor();
  assert.equal(
    await drawer.locator(".cmp ins").first().textContent(),
    headers["webhook-signature"],
  );
  await got.fill(headers["x-orbinto-signature"]);
  await drawer.getByText("It matches.").waitFor();
  await field.fill("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  await drawer.getByText("Different secret.").waitFor();
  // A receiver that parsed the body, and a receiver whose clock is off.
  const at = Number(headers["webhook-timestamp"]);
  const signed = (text, seconds) =>
    new Webhook(secret).sign(
      headers["webhook-id"],
      new Date(seconds * 1000),
      text,
    );
  await field.fill(secret);
  await got.fill(signed(JSON.stringify(JSON.parse(body), null, 2), at));
  await drawer.getByText("Right secret, different body.").waitFor();
  await got.fill(signed(body, at - 90));
  await drawer.getByText("90 s before ours").waitFor();
}

test("where the browser computes no signatures, the page says so", async () => {
  const body = { url: hookUrl("/plain"), events: ["contact.created"] };
  const { data: hook } = await desk.workspace.call(
    "POST",
    "/v1/webhooks",
    body,
  );
  const { data: tried } = await desk.workspace.call(
    "POST",
    `/v1/webhooks/${hook.id}/test`,
    {},
  );
  const page = await open("general");
  await page.addInitScript("delete Crypto.prototype.subtle");
  const path = `developers/webhooks/logs/${hook.id}/${tried.id}`;
  await page.goto(desk.server.base + SETTINGS + path);
  await page
    .getByText("The browser computes signatures only over https")
    .waitFor();
  assertQuiet(page);
});

test("an endpoint is changed, paused, resumed, given another secret, and deleted", async () => {
  const page = await open("developers/webhooks");
  await addHook(page, "Case files", hookUrl("/files"));
  const first = await shownOnce(page);
  await choose(page, "Case files", "Change");
  await dialog(page).getByLabel("All of them, and those to come").check();
  await dialog(page).getByText("More: order, retries, access").click();
  await dialog(page)
    .getByLabel("Description")
    .fill("Keeps the archive up to date");
  await press(dialog(page), "Save");
  await row(page, "Case files").getByText("All events").waitFor();
  await choose(page, "Case files", "Pause");
  await row(page, "Case files").getByText("Paused").waitFor();
  await choose(page, "Case files", "Resume");
  await row(page, "Case files").getByText("Healthy").waitFor();
  await choose(page, "Case files", "Rotate secret");
  await press(dialog(page), "Rotate secret");
  await gone(page);
  assert.notEqual(await shownOnce(page), first);
  for (const [item, action] of [
    ["Send failures again", "Send again"],
    ["Send the past", "Send"],
  ]) {
    await choose(page, "Case files", item);
    await press(dialog(page), action);
    await gone(page);
  }
  await choose(page, "Case files", "Delete");
  await press(dialog(page), "Delete");
  await row(page, "Case files").waitFor({ state: "detached" });
  // What is wrong is said where it was typed.
  await press(page, "Add endpoint");
  await dialog(page).getByLabel("URL").fill("http://10.1.2.3/hook");
  await dialog(page).getByLabel("message.created").check();
  await press(dialog(page), "Add endpoint");
  await dialog(page).getByRole("alert").waitFor();
  assert.equal(
    await dialog(page).getByLabel("URL").getAttribute("aria-invalid"),
    "true",
  );
});

test("each user has a token of their own, and the example of the page works with it", async () => {
  const page = await open("integrations/lead-api");
  await press(page, "Create token");
  await dialog(page).getByLabel("What will use it").fill("Landing page");
  await press(dialog(page), "Create token");
  await gone(page);
  const token = await shownOnce(page);
  const example = await page
    .getByRole("region", { name: "Lead intake" })
    .locator("pre")
    .first()
    .textContent();
  const [, url] = /curl '([^']+)'/.exec(example);
  const [, body] = /-d '([^]+)'$/.exec(example);
  assert.equal(url, `${desk.server.base}/api/v1/webhook/forms`);
  const post = (text) =>
    fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: text,
    });
  const made = await post(body.replace("YOUR_TOKEN", token));
  assert.equal(made.status, 201);
  assert.equal((await made.json()).message, "Contact created.");
  const save = await page
    .getByRole("region", { name: "Lead capture" })
    .locator("pre")
    .first()
    .textContent();
  const [, lead] = /-d '([^]+)'$/.exec(save);
  const saved = await fetch(`${desk.server.base}/api/save-lead`, {
    method: "POST",
    body: lead,
  });
  assert.equal(saved.status, 201);
  await row(page, "Landing page")
    .getByRole("button", { name: /^Revoke/ })
    .click();
  await press(dialog(page), "Revoke");
  await row(page, "Landing page").waitFor({ state: "detached" });
  // A token that was revoked is remembered for less than a second.
  await eventually("it opens nothing", async () => {
    const { status } = await post(body.replace("YOUR_TOKEN", token));
    return status === 401;
  });
  assertQuiet(page);
});

test("an app is registered, changed, given another secret, and deleted", async () => {
  const page = await open("developers/apps");
  await press(page, "Create app");
  await dialog(page).getByLabel("Name").fill("Calendar sync");
  await dialog(page)
    .getByLabel("Redirect URIs")
    .fill("https://calendar.example/callback");
  await dialog(page).getByLabel("webhooks:manage").uncheck();
  await press(dialog(page), "Create app");
  await gone(page);
  const secret = await shownOnce(page);
  await choose(page, "Calendar sync", "Change");
  await dialog(page)
    .getByLabel("Redirect URIs")
    .fill("https://calendar.example/callback\nhttps://calendar.example/other");
  await dialog(page).getByLabel("contacts:write").uncheck();
  await press(dialog(page), "Save");
  await row(page, "Calendar sync").getByText("1 more").waitFor();
  const { data } = await desk.workspace.call("GET", "/v1/apps");
  const app = data.find(({ name }) => name === "Calendar sync");
  assert.equal(app.redirect_uris.length, 2);
  assert.equal(app.scopes.length, 7);
  await choose(page, "Calendar sync", "Rotate secret");
  await press(dialog(page), "Rotate secret");
  await gone(page);
  assert.notEqual(await shownOnce(page), secret);
  await page.getByText("No operator has let an app act for them.").waitFor();
  await choose(page, "Calendar sync", "Delete");
  await press(dialog(page), "Delete");
  await row(page, "Calendar sync").waitFor({ state: "detached" });
  assertQuiet(page);
});

test("somebody is invited, changed, sent away and taken back", async () => {
  const page = await open("team");
  await press(page, "Invite");
  await dialog(page)
    .getByLabel("E-mail address")
    .fill("cora@pennyroot.example");
  await dialog(page).getByLabel("Name").fill("Cora Lind");
  await dialog(page).getByLabel("Role").selectOption("viewer");
  await press(dialog(page), "Send invitation");
  await gone(page);
  const link = await shownOnce(page);
  assert.match(link, /^http.*#/);
  await row(page, "Cora Lind").getByText("Viewer").waitFor();
  await choose(page, "Cora Lind", "Change");
  await dialog(page).getByLabel("Role").selectOption("operator");
  await dialog(page).getByLabel("Conversations they take at once").fill("3");
  await dialog(page).getByLabel("Availability").selectOption("available");
  await press(dialog(page), "Save");
  await row(page, "Cora Lind").getByText("0/3").waitFor();
  await row(page, "Cora Lind").getByText("Available").waitFor();
  await choose(page, "Cora Lind", "Deactivate");
  await press(dialog(page), "Deactivate");
  await row(page, "Cora Lind").getByText("Deactivated").waitFor();
  await choose(page, "Cora Lind", "Reactivate");
  await row(page, "Cora Lind")
    .getByText("Deactivated")
    .waitFor({ state: "detached" });
  assertQuiet(page);
});

test("tags and ring groups are made, changed by a link, and deleted", async () => {
  const page = await open("tags");
  await press(page, "Create tag");
  await dialog(page).getByLabel("Name").fill("Spring");
  await press(dialog(page), "Create tag");
  await gone(page);
  await row(page, "Spring").getByRole("link").click();
  await page.waitForURL(/\/settings\/tags\/[^/]+$/);
  await page.reload();
  await dialog(page).getByLabel("Name").fill("Summer");
  await press(dialog(page), "Save");
  await row(page, "Summer").waitFor();
  await page.waitForURL(/\/settings\/tags$/);
  await page.getByRole("link", { name: "Ring groups" }).click();
  await press(page, "Create ring group");
  await dialog(page).getByLabel("Name").fill("Sales");
  await dialog(page).getByLabel("Ana Ruiz").first().check();
  await dialog(page).getByLabel("Who is next").selectOption("round_robin");
  await press(dialog(page), "Create ring group");
  await row(page, "Sales").getByText("In turn").waitFor();
  await row(page, "Sales").getByText("Ana Ruiz").waitFor();
  await choose(page, "Sales", "Delete");
  await press(dialog(page), "Delete");
  await row(page, "Sales").waitFor({ state: "detached" });
  assertQuiet(page);
});

test("the settings of the workspace are changed, and what is wrong is said", async () => {
  const page = await open("general");
  const read = async () =>
    (await desk.workspace.call("GET", "/v1/settings")).data;
  await page.getByLabel("Close after so many minutes").fill("90");
  await page
    .getByLabel("Who is told of each new lead")
    .fill("sales@example.com\n");
  await page.getByText("Not saved yet").waitFor();
  await press(page, "Save changes");
  await page.getByText("All is saved").waitFor();
  const saved = await read();
  assert.equal(saved.auto_close_minutes, 90);
  assert.deepEqual(saved.lead_recipients, ["sales@example.com"]);
  await page.getByLabel("Close after so many minutes").fill("");
  await press(page, "Save changes");
  await page.getByText("All is saved").waitFor();
  assert.equal((await read()).auto_close_minutes ?? null, null);
  assertQuiet(page);
  await page.getByLabel("Country").fill("Nowhere");
  await press(page, "Save changes");
  await page.getByRole("alert").waitFor();
  assert.equal(
    await page.getByLabel("Country").getAttribute("aria-invalid"),
    "true",
  );
  await press(page, "Discard");
  assert.equal(await page.getByLabel("Country").inputValue(), "US");
});

test("a site is added, and its look and words are changed before one's eyes", async () => {
  const page = await open("sites");
  await press(page, "Add site");
  await dialog(page).getByLabel("Name").fill("Pennyroot");
  await press(dialog(page), "Add site");
  await page.waitForURL(/\/sites\/site_/);
  const id = page.url().split("/").at(-1);
  const read = async () =>
    (await desk.workspace.call("GET", `/v1/sites/${id}`)).data;
  await page.getByText(`/widget/${(await read()).key}.js`).waitFor();
  const preview = page.getByRole("complementary", { name: "Preview" });
  await page.getByLabel("Colour").fill("#8a3324");
  await page.getByLabel("Greeting").fill("Good day");
  await preview.getByText("Good day").waitFor();
  assert.equal(
    await preview
      .locator(".go")
      .evaluate((one) => getComputedStyle(one).backgroundColor),
    "rgb(138, 51, 36)",
  );
  await page.getByLabel("E-mail", { exact: true }).first().check();
  await press(page, "Save changes");
  await page.getByText("All is saved").waitFor();
  const site = await read();
  assert.equal(site.theme.accent, "#8a3324");
  assert.equal(site.texts.en.greeting, "Good day");
  assert.equal(site.pre_chat.fields[0].name, "email");
  await press(page, "Add a message");
  await dialog(page).getByLabel("What it says").fill("May we help?");
  await dialog(page).getByLabel("After so many seconds").fill("20");
  await press(dialog(page), "Add message");
  await row(page, "May we help?").getByText("after 20 s").waitFor();
  assert.equal((await read()).triggers[0].when.seconds, 20);
  await choose(page, "“May we help?”", "Remove");
  await press(page, "Undo");
  await row(page, "May we help?").waitFor();
  await press(page, "Make a secret");
  await press(dialog(page), "Make a secret");
  await page.getByText("1 secret", { exact: true }).waitFor();
  assert.ok((await shownOnce(page)).length > 20);
  await press(page, "Delete all");
  await press(dialog(page), "Delete all");
  await page.getByText("0 secrets").waitFor();
  assertQuiet(page);
});

test("the audit log says who did it, and what it was", async () => {
  const page = await open("audit");
  await row(page, "login.created").first().getByRole("link").click();
  const drawer = page.getByRole("complementary", { name: "What was done" });
  await drawer.getByText("Ana Ruiz").first().waitFor();
  await page.reload();
  await drawer.waitFor();
  await drawer.getByRole("link", { name: "Close" }).click();
  await drawer.waitFor({ state: "detached" });
  assertQuiet(page);
});

test("an operator is told why not, and whom to ask", async () => {
  const page = await desk.sitDown("Otto", { path: `${SETTINGS}general` });
  const denied = page.getByText(
    "Your role does not allow this. Ask an owner or an administrator",
  );
  for (const path of [
    "general",
    "audit",
    "developers/api-keys",
    "developers/apps",
    "developers/webhooks",
    "developers/webhooks/logs",
    "integrations/lead-api",
  ]) {
    await page.goto(desk.server.base + SETTINGS + path);
    await denied.first().waitFor();
    assert.equal(await page.locator(".page .btn.pri").count(), 0);
  }
  await page.goto(`${desk.server.base}${SETTINGS}team`);
  await choose(page, "Otto", "Change");
  await dialog(page).getByLabel("Role").selectOption("owner");
  await press(dialog(page), "Save");
  await dialog(page)
    .getByRole("alert")
    .getByText("Your role does not allow this.")
    .waitFor();
});

async function assertPages(options, look) {
  const page = await open("general", options);
  for (const path of PAGES) {
    await page.goto(desk.server.base + SETTINGS + path);
    await assertWhole(page, `${path}, ${look}`);
    await assertFits(page);
  }
  assertQuiet(page);
  return page;
}

test("every page is whole in light, in dark and on a phone", async () => {
  const { data: hook } = await desk.workspace.call("POST", "/v1/webhooks", {
    url: hookUrl("/whole"),
    events: ["*"],
  });
  const { data: tried } = await desk.workspace.call(
    "POST",
    `/v1/webhooks/${hook.id}/test`,
    {},
  );
  const { data: site } = await desk.workspace.call("POST", "/v1/sites", {
    name: "Whole",
  });
  const looks = [
    [{}, "light"],
    [{ colorScheme: "dark" }, "dark"],
    [{ viewport: PHONE }, "phone"],
    [{ viewport: { width: 320, height: 640 } }, "small phone"],
  ];
  for (const [options, look] of looks) {
    const page = await assertPages(options, look);
    for (const path of [
      `developers/webhooks/logs/${hook.id}/${tried.id}`,
      `sites/${site.id}`,
      "developers/webhooks",
    ]) {
      await page.goto(desk.server.base + SETTINGS + path);
      await page.locator(".h3, .h2, td").first().waitFor();
      if (path.endsWith("webhooks")) await press(page, "Add endpoint");
      await assertWhole(page, `${path}, ${look}`);
      await assertFits(page);
    }
    await desk.clear();
  }
});

test("a macro is written, tried, used in the inbox, and deleted with a way back", async () => {
  const page = await open("macros");
  await page.getByText("There is no macro yet").waitFor();
  await press(page, "Create macro");
  await page.getByLabel("Name").fill("Thanks");
  await page
    .getByLabel("Words")
    .fill("Thank you, {{contact.first_name|dear}}! {{contact.ring}}");
  await page.getByText("nobody knows contact.ring").waitFor();
  await page
    .getByLabel("Words")
    .fill("Thank you, {{contact.first_name|dear}}!");
  await page.getByText("Thank you, Ada!").waitFor();
  await page.getByLabel("Tags, with commas between").fill("happy, done");
  await press(dialog(page), "Add");
  await page.getByLabel("What is done").selectOption("close");
  await press(dialog(page), "Add");
  await press(dialog(page), "Do it earlier: close");
  await assertWhole(page, "macro");
  await press(dialog(page), "Save");
  await row(page, "Thanks").getByText("close; tag happy, done").waitFor();
  const [macro] = (await desk.workspace.call("GET", "/v1/macros")).data;
  assert.deepEqual(macro.actions, [
    { do: "close" },
    { do: "add_tags", tags: ["happy", "done"] },
  ]);

  const id = await desk.talk("Bo Diaz", "It came!");
  await page.goto(`${desk.server.base}/app/all/${id}`);
  await page.locator(".bub", { hasText: "It came!" }).waitFor();
  await page.keyboard.press("m");
  await page.getByRole("option", { name: "Thanks" }).click();
  const field = page.getByRole("textbox", { name: /Reply/ });
  await eventually(
    "it is put in",
    async () => (await field.inputValue()) === "Thank you, Bo!",
  );

  await page.goto(`${desk.server.base}${SETTINGS}macros`);
  await row(page, "Thanks")
    .getByRole("button", { name: "More for Thanks" })
    .click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await row(page, "Thanks").waitFor({ state: "detached" });
  await press(page, "Undo");
  await row(page, "Thanks").waitFor();
  assertQuiet(page);
});

test("the desk calls nothing that the document does not list", () =>
  desk.assertListed());
