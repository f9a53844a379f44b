// How people get in: the pages of the account in a real browser, against a program that nobody has
// claimed yet. The tests go through one story, in order.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { launch, watch } from "./browser.mjs";
import { freePort } from "./program.mjs";
import { eventually } from "./workspace.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const START_MS = 30_000;
const NARROW = { width: 320, height: 640 };
const STEP_S = 30;
const OWNER = {
  name: "Ada Lovelace",
  email: "ada@pennyroot.example",
  password: "kiln glaze tongs ash",
};
const NEW_PASSWORD = "saggar cone wedge slip";
const MAYA = {
  name: "Maya Lindqvist",
  email: "maya@pennyroot.example",
  password: NEW_PASSWORD,
};

let browser;
let server;
let claimLink;
let contexts = [];

before(async () => {
  browser = await launch();
  server = await unclaimed();
  claimLink = server.claimLink;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
});

/** A program that was just started for the first time, under a name: bare addresses have no passkeys. */
async function unclaimed() {
  const { PROGRAM } = process.env;
  if (!PROGRAM) throw new Error("PROGRAM must name the program under test");
  const folder = await mkdtemp(join(tmpdir(), "switchboard-e2e-"));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const args = ["serve", "--listen", `127.0.0.1:${port}`, "--data", folder];
  // So many sign in here within a minute, from one address, as no office does.
  const env = { ...process.env, SWITCHBOARD_PLANS_FREE_PER_MINUTE: "600" };
  const child = spawn(PROGRAM, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  };
  const printed = () => {
    if (child.exitCode !== null) throw new Error(`the program ended at once:\n${said}`);
    return /\/claim#\S+/.exec(said)?.[0];
  };
  try {
    const path = await eventually("the program prints a link", printed, START_MS);
    await eventually("the program answers", () => fetch(`${base}/readyz`).catch(() => false));
    return { base, folder, stop, claimLink: base + path };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A browser of its own, where somebody opens a page. */
async function visit(path, options = {}) {
  // Without motion, so that colours are measured as they stay.
  const usual = { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" };
  const context = await browser.newContext({ ...usual, ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.seen = watch(page, server.base);
  await page.goto(new URL(path, server.base).href);
  await page.locator("h1").waitFor();
  return page;
}

/** Answers of 4xx are part of the story; the browser calls them errors on its console. */
function assertQuiet({ seen }) {
  const errors = seen.errors.filter((text) => !text.startsWith("Failed to load resource"));
  assert.deepEqual(errors, [], "the console must stay free of errors");
  assert.deepEqual(seen.outside, [], "no request may leave the origin");
}

const titled = (page, title) => page.getByRole("heading", { level: 1, name: title }).waitFor();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const fill = (page, name, value) => page.getByRole("textbox", { name, exact: true }).fill(value);
const part = (page, name) => page.getByRole("region", { name });
const arrives = (page, path) => page.waitForURL((url) => url.pathname === path);

/** Signing in leads to the desk, unless somebody asked for the account; from there it is a link. */
async function toAccount(page) {
  const isHome = ({ pathname }) => ["/app", "/account"].includes(pathname);
  await page.waitForURL(isHome, { waitUntil: "commit" });
  if (new URL(page.url()).pathname === "/app") {
    await page.getByRole("link", { name: /Your account/ }).click();
  }
  await titled(page, "Your account");
}

async function signIn(page, { email, password }) {
  await fill(page, "E-mail", email);
  await fill(page, "Password", password);
  await press(page, "Sign in");
}

async function signedIn(person) {
  const page = await visit("/login");
  await signIn(page, person);
  await toAccount(page);
  return page;
}

/** A request as the page itself would send it. */
function ask(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      return { status: answer.status, body: await answer.json().catch(() => undefined) };
    },
    [method, path, body],
  );
}

/** The link of a new invitation. */
async function invite(email) {
  const page = await signedIn(OWNER);
  const { status, body } = await ask(page, "POST", "/v1/invitations", { email });
  assert.equal(status, 201, JSON.stringify(body));
  return body.data.url;
}

/** Somebody new, on their own account page. The server takes ten links in a quarter of an hour. */
async function newcomer(name) {
  const person = { name, email: `${name.toLowerCase()}@pennyroot.example`, password: NEW_PASSWORD };
  const page = await visit(await invite(person.email));
  await fill(page, "Your name (optional)", name);
  await fill(page, "Password", person.password);
  await press(page, "Accept the invitation");
  await toAccount(page);
  return { ...person, page };
}

/** The code that an authenticator app shows, some steps from now. */
function codeOf(secret, steps = 0) {
  const bits = [...secret.replaceAll(" ", "")]
    .map((letter) =>
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
    )
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_S) + steps));
  const hash = createHmac("sha1", key).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** The link in the newest mail to somebody. */
async function mailedLink(to, page) {
  const outbox = join(server.folder, "outbox");
  return eventually(`a mail to ${to}`, async () => {
    const names = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith(".eml"));
    const mails = await Promise.all(
      names.sort().map((name) => readFile(join(outbox, name), "utf8")),
    );
    const mine = mails.filter((mail) => mail.includes(`To: ${to}`));
    return mine
      .map((mail) => new RegExp(`http\\S+/${page}#\\S+`).exec(mail)?.[0])
      .findLast(Boolean);
  });
}

/** What axe finds, and whether anything is cut off on the smallest screen. */
async function assertAccessible(page) {
  await page.evaluate(AXE);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    });
    assert.deepEqual(found, [], colorScheme);
  }
  const { width, height } = page.viewportSize();
  await page.setViewportSize(NARROW);
  const extra = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(extra <= 0, `the page is ${extra} px too wide`);
  await page.setViewportSize({ width, height });
  assert.equal(await page.locator("h1").count(), 1);
}

test("the printed link makes the first account, and leaves the address bar at once", async () => {
  const page = await visit(claimLink);
  assert.equal(new URL(page.url()).hash, "");
  await assertAccessible(page);
  await fill(page, "Your name", OWNER.name);
  await fill(page, "E-mail", OWNER.email);
  await fill(page, "Password", "too short");
  await press(page, "Make the account");
  await page.getByText("Too short: 3 more characters.").waitFor();
  await fill(page, "Password", OWNER.password);
  await page.getByText("Long enough.").waitFor();
  await press(page, "Make the account");
  await toAccount(page);
  assert.equal(new URL(page.url()).pathname, "/account");
  await page.getByText(OWNER.email).waitFor();
  await page.getByText("Owner in").waitFor();
  assertQuiet(page);
});

test("the server refuses a second owner in words", async () => {
  const page = await visit(claimLink);
  await fill(page, "Your name", "Mallory");
  await fill(page, "E-mail", "mallory@pennyroot.example");
  await fill(page, "Password", OWNER.password);
  await press(page, "Make the account");
  await titled(page, "This server has its first account");
  await page.getByText("has an owner already").waitFor();
  await page.getByRole("link", { name: "Sign in" }).click();
  await arrives(page, "/login");
});

test("signing out and in again, with a wrong password in between, by keyboard alone", async () => {
  const page = await signedIn(OWNER);
  await press(page, "Sign out");
  await titled(page, "Sign in");
  await page.goBack();
  await titled(page, "Sign in");
  assert.equal(new URL(page.url()).searchParams.get("next"), "/account");

  await page.keyboard.type(OWNER.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  const field = page.getByRole("textbox", { name: "Password", exact: true });
  await page.locator(".field-problem", { hasText: "not right" }).waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.ok(await field.evaluate((one) => one === document.activeElement));
  await assertAccessible(page);
  await field.fill(OWNER.password);
  await page.keyboard.press("Enter");
  await toAccount(page);
  assertQuiet(page);
});

test("signing in goes on to a path of this server, and to nowhere else", async () => {
  for (const [next, path] of [
    ["/docs", "/docs"],
    ["//evil.example/", "/app"],
    ["/.//evil.example/", "/app"],
    ["https://evil.example/", "/app"],
  ]) {
    const page = await visit(`/login?next=${encodeURIComponent(next)}`);
    await signIn(page, OWNER);
    await arrives(page, path);
    assert.equal(new URL(page.url()).origin, server.base);
    assert.deepEqual(page.seen.outside, []);
  }
});

test("strangers are led to sign in, and back", async () => {
  const page = await visit("/account");
  await arrives(page, "/login");
  await titled(page, "Sign in");
  await signIn(page, OWNER);
  await toAccount(page);
  const isLoaded = async () => (await page.getByText("Loading…").count()) === 0;
  await eventually("all of it is loaded", isLoaded);
  await assertAccessible(page);
  assertQuiet(page);
});

test("an invitation is accepted in another browser, once", async () => {
  const link = await invite(MAYA.email);
  assert.equal(await mailedLink(MAYA.email, "join"), link);
  const page = await visit(link);
  assert.equal(new URL(page.url()).hash, "");
  await assertAccessible(page);
  await fill(page, "Your name (optional)", MAYA.name);
  await fill(page, "Password", "short");
  await press(page, "Accept the invitation");
  await page.locator(".field-problem", { hasText: "12 to 128 characters" }).waitFor();
  await fill(page, "Password", NEW_PASSWORD);
  await press(page, "Accept the invitation");
  await toAccount(page);
  await page.getByText(MAYA.name).waitFor();
  assertQuiet(page);

  const late = await visit(link);
  await fill(late, "Password", NEW_PASSWORD);
  await press(late, "Accept the invitation");
  await titled(late, "This invitation is over");
});

test("two-step codes: on, asked for, recovered from, off", async () => {
  const person = await newcomer("Noor");
  const { page } = person;
  const steps = part(page, "Two-step codes");
  await steps.getByRole("button", { name: "Turn on" }).click();
  const qr = steps.getByRole("img", { name: "QR code" });
  await qr.waitFor();
  assert.ok(await qr.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)));
  const secret = await steps.locator(".secret").innerText();
  await assertAccessible(page);
  const code = steps.getByRole("textbox", { name: "Code" });
  await code.fill(codeOf(secret) === "000000" ? "111111" : "000000");
  await steps.getByRole("button", { name: "Turn on" }).click();
  await steps.locator(".field-problem", { hasText: "not right" }).waitFor();
  await code.fill(codeOf(secret));
  await steps.getByRole("button", { name: "Turn on" }).click();
  await steps.locator(".codes").waitFor();
  const recovery = await steps.locator(".codes li").allInnerTexts();
  assert.ok(recovery.length >= 8);
  await assertAccessible(page);
  const downloading = page.waitForEvent("download");
  await steps.getByRole("link", { name: "Download" }).click();
  const kept = await readFile(await (await downloading).path(), "utf8");
  assert.equal(kept, `${recovery.join("\n")}\n`);
  await steps.getByRole("button", { name: "I have kept them" }).click();
  await steps.getByText(`${recovery.length} recovery codes are left.`).waitFor();
  assertQuiet(page);

  const again = await visit("/login");
  await signIn(again, person);
  await titled(again, "Enter your code");
  await assertAccessible(again);
  // The code of now was used up; the server takes that of the next step as well.
  await fill(again, "Code", codeOf(secret, 1));
  await press(again, "Sign in");
  await toAccount(again);

  const lost = await visit("/login");
  await signIn(lost, person);
  await press(lost, "Use a recovery code");
  await fill(lost, "Recovery code", recovery[0]);
  await press(lost, "Sign in");
  await toAccount(lost);
  const mine = part(lost, "Two-step codes");
  await mine.getByText(`${recovery.length - 1} recovery codes are left.`).waitFor();
  await mine.getByRole("button", { name: "New recovery codes" }).click();
  await mine.locator(".codes").waitFor();
  assert.ok(!(await mine.locator(".codes").innerText()).includes(recovery[1]));
  await mine.getByRole("button", { name: "I have kept them" }).click();
  await mine.getByRole("button", { name: "Turn off" }).click();
  await mine.getByRole("button", { name: "Turn two-step codes off" }).click();
  await mine.getByRole("button", { name: "Turn on" }).waitFor();
  await signedIn(person);
});

/** An authenticator inside the browser, which says yes to whatever it is asked. */
async function addAuthenticator(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  await client.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

test("a passkey is added, signs in, and is removed", async () => {
  const { page } = await newcomer("Paz");
  await addAuthenticator(page);
  // Otherwise the authenticator, which never waits for a finger, signs in before the button is found.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });
  const keys = part(page, "Passkeys");
  await keys.getByText("None yet.").waitFor();
  await keys.getByRole("textbox", { name: "Name of a new passkey" }).fill("Laptop");
  await keys.getByRole("button", { name: "Add a passkey" }).click();
  await keys.getByText("not used yet").waitFor();
  await assertAccessible(page);
  await keys.getByRole("button", { name: "Add a passkey" }).click();
  await keys.getByText("holds a passkey of your account already").waitFor();

  await press(page, "Sign out");
  await titled(page, "Sign in");
  await press(page, "Sign in with a passkey");
  await toAccount(page);
  await page.getByText("paz@pennyroot.example").waitFor();
  await keys.getByText("used just now").waitFor();
  await part(page, "Where you are signed in").getByText("with a passkey").waitFor();

  await keys.getByRole("button", { name: "Remove Laptop" }).click();
  await keys.getByRole("button", { name: "Cancel" }).click();
  await keys.getByRole("button", { name: "Remove Laptop" }).click();
  await keys.getByRole("button", { name: "Remove the passkey" }).click();
  await keys.getByText("None yet.").waitFor();
  await press(page, "Sign out");
  await titled(page, "Sign in");
  await press(page, "Sign in with a passkey");
  await page.getByText("belongs to no account here").waitFor();
  assertQuiet(page);
});

test("a passkey is offered without a button being pressed", async () => {
  const page = await signedIn(MAYA);
  await addAuthenticator(page);
  const keys = part(page, "Passkeys");
  await keys.getByRole("button", { name: "Add a passkey" }).click();
  await keys.getByText("not used yet").waitFor();
  await press(page, "Sign out");
  await arrives(page, "/login");
  await toAccount(page);
  assertQuiet(page);
});

test("a new password by mail, which ends what the old one had let in", async () => {
  const { page: old, email } = await newcomer("Rune");
  const page = await visit("/login");
  await press(page, "Forgot password?");
  await titled(page, "Reset your password");
  await assertAccessible(page);
  await fill(page, "E-mail", "nobody@pennyroot.example");
  await press(page, "Send the link");
  await titled(page, "Look into your mail");
  await press(page, "Back to sign in");
  await press(page, "Forgot password?");
  await fill(page, "E-mail", email);
  await press(page, "Send the link");
  await titled(page, "Look into your mail");

  await page.goto(await mailedLink(email, "reset"));
  await titled(page, "Choose a new password");
  assert.equal(new URL(page.url()).hash, "");
  await fill(page, "New password", "password1234");
  await press(page, "Save the password");
  await page.locator(".field-problem", { hasText: "everybody tries first" }).waitFor();
  await fill(page, "New password", OWNER.password);
  await press(page, "Save the password");
  await titled(page, "Your password is changed");
  await assertAccessible(page);
  await page.getByRole("link", { name: "Sign in" }).click();
  await signIn(page, { email, password: OWNER.password });
  await toAccount(page);

  await part(old, "Two-step codes").getByRole("button", { name: "Turn on" }).click();
  await titled(old, "Sign in");
});

test("other logins are listed, and ended", async () => {
  const first = await signedIn(MAYA);
  const other = await signedIn(MAYA);
  const logins = part(other, "Where you are signed in");
  await logins.getByText("This one").waitFor();
  const count = await logins.getByRole("listitem").count();
  const end = logins.getByRole("button", { name: /^End the login of Chrome/ });
  await end.first().click();
  await logins
    .getByRole("listitem")
    .nth(count - 1)
    .waitFor({ state: "detached" });
  assert.ok(
    await logins.getByRole("heading").evaluate((one) => one === document.activeElement),
    "the focus must not be lost with the row",
  );
  await first.reload();
  await titled(first, "Sign in");
});

test("the password is changed by whoever knows it", async () => {
  const section = part(await signedIn(MAYA), "Password");
  const change = async (current) => {
    await section.getByRole("textbox", { name: "Current password" }).fill(current);
    await section.getByRole("textbox", { name: "New password" }).fill(OWNER.password);
    await section.getByRole("button", { name: "Change the password" }).click();
  };
  await change("not the password");
  await section.locator(".field-problem", { hasText: "not right" }).waitFor();
  await change(MAYA.password);
  await section.getByText("Your password is changed.").waitFor();
  await signedIn({ ...MAYA, password: OWNER.password });
});

test("the server may ask who is there once more", async () => {
  const page = await signedIn(OWNER);
  let asked = 0;
  await page.route("**/v1/account/totp", (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    const error = { type: "authentication_error", code: "proof_needed", message: "Prove it." };
    return route.fulfill({ status: 403, json: { error } });
  });
  await part(page, "Two-step codes").getByRole("button", { name: "Turn on" }).click();
  const dialog = page.getByRole("dialog", { name: "Is it you?" });
  await dialog.waitFor();
  await assertAccessible(page);
  await dialog.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.keyboard.press("Enter");
  await dialog.locator(".field-problem", { hasText: "not right" }).waitFor();
  await dialog.getByRole("textbox", { name: "Password" }).fill(OWNER.password);
  await page.keyboard.press("Enter");
  await part(page, "Two-step codes").getByRole("img", { name: "QR code" }).waitFor();
  assert.equal(asked, 2);
  assertQuiet(page);
});

test("a server that cannot be reached is told of, and asked again", async () => {
  const page = await visit("/login");
  await page.context().setOffline(true);
  await signIn(page, OWNER);
  await page.getByRole("alert").getByText("could not be reached").waitFor();
  await assertAccessible(page);
  await page.context().setOffline(false);
  await press(page, "Try again");
  await toAccount(page);
});

test("readers without scripts are told what is missing", async () => {
  const page = await visit("/login", { javaScriptEnabled: false });
  assert.match(await page.locator("main").innerText(), /scripts are switched off/);
});
