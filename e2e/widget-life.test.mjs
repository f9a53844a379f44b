// What surrounds the talk itself: sound, the back button, who the visitor is, files, and an end to it all.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { stage } from "./stage.mjs";
import { eventually } from "./workspace.mjs";

const PHONE = { width: 390, height: 844 };
const HOUR_S = 3600;
const BYTES_MAX = 25 * 1024 * 1024;

const here = stage();

/** What a site's own server does: it says who its user is, and signs that. */
function signed(claims, secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

async function signedIn(site, claims) {
  const { data } = await here.workspace.call("POST", `/v1/sites/${site.id}/secrets`);
  const exp = Math.floor(Date.now() / 1000) + HOUR_S;
  return signed({ aud: site.key, exp, ...claims }, data.secret);
}

function pick(widget, item) {
  return widget.frame
    .getByRole("button", { name: "Chat options" })
    .click()
    .then(() => widget.frame.getByRole("menuitem", { name: item }).click());
}

/** Counts the tones that a page and its frames make, without making them. */
async function listensToSound(context) {
  await context.addInitScript(() => {
    window.tones = 0;
    OscillatorNode.prototype.start = () => (window.tones += 1);
    OscillatorNode.prototype.stop = () => undefined;
  });
}

const tones = (widget) => widget.frame.evaluate(() => window.tones);

test("an answer makes a sound where nobody looks, in one tab, unless it was turned off", async () => {
  const context = await here.visitor();
  await listensToSound(context);
  const { operator, widget, site, id } = await here.talk({ context });
  await operator.says(id, "While you look.");
  await widget.message("While you look.").waitFor();
  assert.equal(await tones(widget), 0, "whoever looks needs no sound");

  // An open chat is open on the next page, too.
  const other = await here.visit(context, site);
  await other.isOpen();
  await other.message("While you look.").waitFor();
  await other.close();
  await widget.close();
  await operator.says(id, "While you look away.");
  await eventually("the one that listens made two notes", async () => (await tones(widget)) === 2);
  await eventually("the other has it", async () => (await other.launcher())["data-n"] === "1");
  assert.equal(await tones(other), 0);

  await widget.open();
  await pick(widget, "Turn sound off");
  await widget.close();
  await operator.says(id, "Quietly now.");
  await eventually("it came", async () => (await widget.launcher())["data-n"] === "1");
  assert.equal(await tones(widget), 2);
});

test("on a phone the back button closes the chat, and the next one leaves the page", async () => {
  const context = await here.visitor({ viewport: PHONE, screen: PHONE, isMobile: true });
  const site = await here.site();
  const widget = await here.visit(context, site);
  const address = widget.page.url();
  await widget.open();
  await widget.page.evaluate(() => history.back());
  await widget.isClosed();
  assert.equal(widget.page.url(), address);

  // Whoever closes it otherwise has no place in the history left over.
  await widget.open();
  await widget.frame.getByRole("button", { name: "Close chat" }).click();
  await widget.isClosed();
  await eventually("the place is given back", () =>
    widget.frame.evaluate(() => history.state === null),
  );
});

test("whom the site signed for is known by name, and may have the chat by mail", async () => {
  const site = await here.site();
  const operator = await here.operator();
  const claims = { sub: `user-${site.id}`, name: "Ada Byron", email: `ada-${site.id}@example.com` };
  const token = await signedIn(site, claims);

  const laptop = await here.visit(await here.visitor(), site);
  await laptop.page.evaluate((proof) => window.switchboard("identify", proof), token);
  await laptop.open();
  await laptop.say("Is my order on its way?");
  const said = await operator.hearsMessage("Is my order on its way?");
  assert.equal(said.visitor.name, "Ada Byron");
  await laptop.hasReceipt("Sent");
  await pick(laptop, "E-mail me this chat");
  await laptop.frame.getByText("The chat is on its way to your e-mail address.").waitFor();

  const stranger = await here.visit(await here.visitor(), site);
  const forged = `${token.slice(0, -2)}xx`;
  await stranger.page.evaluate((proof) => window.switchboard("identify", proof), forged);
  await stranger.open();
  assert.equal(await stranger.message("Is my order on its way?").count(), 0);
  await stranger.say("Who am I?");
  const { visitor } = await operator.hearsMessage("Who am I?");
  assert.equal(visitor.name, null);
  await stranger.hasReceipt("Sent");
  await pick(stranger, "E-mail me this chat");
  await stranger.frame.getByText("can only be mailed to a confirmed e-mail address").waitFor();
});

test("a menu stays open while somebody takes the conversation", async () => {
  const { widget, id } = await here.talk();
  await widget.hasReceipt("Sent");
  const other = await here.operator("Noor Haddad");
  await widget.frame.getByRole("button", { name: "Chat options" }).click();
  await other.takes(id);
  await other.says(id, "I can help with that.");
  await widget.message("I can help with that.").waitFor();
  await widget.frame.getByRole("menuitem", { name: "End chat" }).press("Escape");
  await widget.frame.getByRole("heading", { name: "Noor Haddad" }).waitFor();
});

test("who has their data deleted is a stranger afterwards, to the team as well", async () => {
  const { widget, id } = await here.talk();
  await pick(widget, "Your data");
  await widget.frame.getByRole("button", { name: "Delete my data" }).click();
  const sure = widget.frame.getByRole("alertdialog");
  await sure.getByRole("button", { name: "Delete my data" }).click();
  await eventually("what they said is gone", async () => {
    const messages = await here.workspace.messages(id);
    return messages.every((one) => one.type !== "visitor" || one.body === "");
  });
  await widget.isClosed();
  await widget.open();
  assert.equal(await widget.message("Is the glaze food-safe?").count(), 0);
  await widget.say("Good morning.");
});

test("files that are too large or of no use are refused before they are sent", async () => {
  const { widget } = await here.talk();
  let uploads = 0;
  await widget.page.route("**/widget/v1/attachments?*", (route) => {
    uploads += 1;
    return route.continue();
  });
  const choose = (name, mimeType, size) =>
    widget.frame
      .locator('input[type="file"]')
      .setInputFiles({ name, mimeType, buffer: Buffer.alloc(size, 7) });
  const notice = widget.frame.locator(".sw-no");

  await choose("film.mp4", "video/mp4", BYTES_MAX + 1);
  await notice.filter({ hasText: "film.mp4" }).waitFor();
  await choose("setup.exe", "application/x-msdownload", 10);
  await notice.filter({ hasText: "setup.exe" }).waitFor();
  assert.equal(uploads, 0);
});

test("a proactive message keeps quiet once it was sent away, and is answered into a conversation", async () => {
  const trigger = {
    id: "bag",
    message: "Shall we gift-wrap it?",
    author: "Maya",
    choices: ["Yes, please"],
    when: { event: "bag_opened" },
    caps: { per_day: 5, quiet_hours: 24 },
  };
  const operator = await here.operator();
  const site = await here.site({ triggers: [trigger] });
  const track = (widget) => widget.page.evaluate(() => window.switchboard("track", "bag_opened"));

  const context = await here.visitor();
  const widget = await here.visit(context, site);
  await track(widget);
  await widget.loaded();
  const bubble = widget.frame.getByText("Shall we gift-wrap it?");
  await bubble.waitFor();
  await widget.frame.getByRole("button", { name: "Dismiss message" }).click();
  await bubble.waitFor({ state: "detached" });
  await track(widget);
  await widget.page.reload();
  await widget.isThere();
  await track(widget);
  // What is asked for is there at once: the chat's frame stands beside the page.
  assert.equal(widget.page.frames().length, 1, "quiet for 24 hours");

  const other = await here.visit(await here.visitor(), site);
  await track(other);
  await other.loaded();
  await other.frame.getByRole("button", { name: "Yes, please" }).click();
  const said = await operator.hearsMessage("Yes, please");
  const [first] = await here.workspace.messages(said.conversation_id);
  assert.equal(first.body, "Shall we gift-wrap it?");
});
