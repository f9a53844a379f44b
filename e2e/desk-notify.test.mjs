// What the desk tells whoever sits at it: of what, how, in which of many tabs, and when not.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import {
  assertFits,
  assertQuiet,
  assertWhole,
  Desk,
  PHONE,
  settle,
} from "./desk.mjs";
import { eventually } from "./workspace.mjs";

let desk;

before(async () => {
  desk = await Desk.start();
});
after(() => desk?.stop());
afterEach(() => desk.clear());

/** Writes down what the browser is asked to show and to play. Whether somebody looks is said by the test. */
function listen() {
  window.told = [];
  window.looks = JSON.parse(localStorage.getItem("test:looks") ?? "true");
  document.hasFocus = () => window.looks;
  window.look = (looks) => {
    window.looks = looks;
    localStorage.setItem("test:looks", String(looks));
    window.dispatchEvent(new Event(looks ? "focus" : "blur"));
  };
  window.Notification = class extends EventTarget {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, { tag, body }) {
      super();
      this.shown = { way: "system", title, tag, body, isOpen: true };
      window.told.push(this.shown);
      window.last = this;
    }
    close() {
      this.shown.isOpen = false;
      this.onclose?.();
    }
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.told.push({ way: "sound" });
    return start.apply(this, when);
  };
}

async function sitDown(name, { looks = false, choices, ...options } = {}) {
  const page = await desk.sitDown(name, options);
  await page.context().addInitScript(listen);
  await page.evaluate(
    ([looks, choices]) => {
      localStorage.setItem("test:looks", String(looks));
      if (choices)
        localStorage.setItem("switchboard:notify", JSON.stringify(choices));
    },
    [looks, choices],
  );
  await page.reload();
  await live(page);
  // A sound needs a page that was touched.
  await page.locator(".brand").press("Shift");
  return page;
}

async function live(page) {
  await page.locator(".state .dot.live").waitFor();
  await eventually("one tab notifies", () =>
    page.evaluate(async () =>
      (await navigator.locks.query()).held.some(
        ({ name }) => name === "switchboard:notifier",
      ),
    ),
  );
}

const told = (page, way) =>
  page.evaluate((way) => window.told.filter((one) => one.way === way), way);
const me = (page) =>
  page.evaluate(
    async () => (await (await fetch("/v1/account")).json()).data.operator.id,
  );

async function mine(page, name) {
  const id = await desk.talk(name, "First words");
  await desk.workspace.call("POST", `/v1/conversations/${id}/assign`, {
    operator_id: await me(page),
  });
  return id;
}

test("a visitor's words in one's own conversation are shown and heard, once for both tabs", async () => {
  const page = await sitDown("Lin");
  const other = await page.context().newPage();
  await other.goto(`${desk.server.base}/app/all`);
  await live(other);
  const id = await mine(page, "Ada King");
  const shown = async () => [
    ...(await told(page, "system")),
    ...(await told(other, "system")),
  ];
  await eventually(
    "it is said whose it is now",
    async () => (await shown()).length === 1,
  );
  await desk.say(id, "Are you there?");
  await eventually(
    "the words are shown",
    async () => (await shown()).length === 2,
  );
  const [given, words] = await shown();
  assert.equal(given.title, "Ada King was given to you");
  assert.deepEqual(
    [words.title, words.body, words.tag],
    ["Ada King wrote", "Are you there?", id],
  );
  assert.ok(
    (await told(page, "sound")).length > 0 ||
      (await told(other, "sound")).length > 0,
  );
  // The tab that notified goes; the other takes it over.
  const notifier = (await told(page, "system")).length ? page : other;
  const heir = notifier === page ? other : page;
  await notifier.close();
  await eventually("the other tab notifies", async () => {
    await desk.say(id, "Still there?");
    return (await told(heir, "system")).length > 0;
  });
});

test("a press on a notification leads to the conversation, and reading it elsewhere takes it away", async () => {
  const page = await sitDown("Lin");
  const id = await mine(page, "Bo Diaz");
  await eventually(
    "it is shown",
    async () => (await told(page, "system")).length === 1,
  );
  assert.match(
    await page.locator("link[rel=icon]").getAttribute("href"),
    /icon-dot/,
  );
  await desk.workspace.call("POST", `/v1/conversations/${id}/read`, {
    operator_id: await me(page),
  });
  await eventually(
    "it is gone",
    async () => !(await told(page, "system"))[0].isOpen,
  );
  await eventually(
    "the icon is plain",
    async () =>
      !(await page.locator("link[rel=icon]").getAttribute("href")).includes(
        "dot",
      ),
  );
  await desk.say(id, "One more");
  await eventually(
    "it is shown again",
    async () => (await told(page, "system")).length === 2,
  );
  await page.evaluate(() => window.last.onclick());
  await page.locator(".bub", { hasText: "One more" }).waitFor();
  assert.ok(page.url().endsWith(id));
});

test("whoever looks at the desk gets a line, and no sound", async () => {
  const page = await sitDown("Lin", { looks: true });
  const id = await mine(page, "Cy Young");
  const line = page.locator(".notices");
  await line.getByText("Cy Young was given to you").waitFor();
  await desk.say(id, "Look here");
  await line.getByText("Cy Young wrote").waitFor();
  await assertWhole(page, "a line of news");
  await line.getByRole("button", { name: "Open" }).click();
  await page.locator(".bub", { hasText: "Look here" }).waitFor();
  // What stands before one's eyes is no news.
  await desk.say(id, "And here");
  await page.locator(".bub", { hasText: "And here" }).waitFor();
  assert.equal(await line.getByText("Cy Young").count(), 0);
  assert.deepEqual(await page.evaluate(() => window.told), []);
});

test("what one does oneself is no news, nor is spam, nor what is others'", async () => {
  const page = await sitDown("Lin");
  const id = await desk.talk("Dee Own", "Mine soon");
  await page.goto(`${desk.server.base}/app/all/${id}`);
  await live(page);
  await page.locator(".bub", { hasText: "Mine soon" }).waitFor();
  await page.keyboard.press("i");
  await page.locator(".notices").getByText("Assigned to Lin").waitFor();
  const spam = await desk.talk("Spam Sender", "Buy");
  await desk.workspace.call("PATCH", `/v1/conversations/${spam}`, {
    is_spam: true,
  });
  await desk.say(spam, "Buy more");
  const { data: other } = await desk.workspace.call("POST", "/v1/operators", {
    name: "Otto",
    email: `otto${Date.now()}@pennyroot.example`,
  });
  const theirs = await desk.talk("Ed Other", "For Otto");
  await desk.workspace.call("POST", `/v1/conversations/${theirs}/assign`, {
    operator_id: other.id,
  });
  await desk.say(theirs, "For Otto again");
  // What comes last has come after all of these.
  const last = await mine(page, "Last One");
  await eventually("the last is shown", async () =>
    (await told(page, "system")).some(({ tag }) => tag === last),
  );
  assert.deepEqual(
    (await told(page, "system")).map(({ title }) => title),
    ["Last One was given to you"],
  );
});

test("a note that names somebody is news to them", async () => {
  const page = await sitDown("Lin");
  const id = await desk.talk("Fay Noted", "Hello");
  await desk.workspace.call("POST", `/v1/conversations/${id}/messages`, {
    type: "note",
    body: "@Lin have a look",
    mentions: [await me(page)],
  });
  await eventually(
    "it is shown",
    async () => (await told(page, "system")).length === 1,
  );
  const [{ title }] = await told(page, "system");
  assert.equal(title, "You are named in a note about Fay Noted");
});

test("choices hold: no words, no sound, quiet hours, and back", async () => {
  const page = await sitDown("Lin", { path: "/app/settings/notifications" });
  await page.goto(`${desk.server.base}/app/settings/notifications`);
  await live(page);
  await page.getByLabel("Say what was written, not only by whom").uncheck();
  await page
    .getByLabel("A visitor writes in a conversation of yours: Sound")
    .uncheck();
  await page
    .getByLabel("Somebody gives you a conversation: Notification")
    .uncheck();
  await page.getByLabel("Somebody gives you a conversation: Sound").uncheck();
  const id = await mine(page, "Gil Quiet");
  await desk.say(id, "Secret words");
  await eventually(
    "only by whom",
    async () => (await told(page, "system")).length === 1,
  );
  const [{ title, body }] = await told(page, "system");
  assert.deepEqual([title, body], ["Gil Quiet wrote", ""]);
  assert.deepEqual(await told(page, "sound"), []);

  await page.getByLabel("Quiet at certain hours").check();
  await page.getByLabel("Quiet from").fill("00:00");
  await page.getByLabel("Quiet until").fill("23:59");
  await page.reload();
  await live(page);
  assert.equal(await page.getByLabel("Quiet until").inputValue(), "23:59");
  assert.equal(
    await page
      .getByLabel("A visitor writes in a conversation of yours: Sound")
      .isChecked(),
    false,
  );
  await desk.say(id, "At night");
  await page
    .locator("link[rel=icon][href*=dot]")
    .waitFor({ state: "attached" }); // it was heard of
  await page.getByLabel("Quiet at certain hours").uncheck();
  await desk.say(id, "By day");
  await eventually(
    "by day it is shown",
    async () => (await told(page, "system")).length > 0,
  );
  assert.equal(
    (await told(page, "system")).length,
    1,
    "and at night it was not",
  );
});

test("the pages of notifications and appearance are whole, and high contrast is", async () => {
  for (const options of [
    {},
    { colorScheme: "dark" },
    { viewport: PHONE },
    { viewport: { width: 320, height: 640 } },
  ]) {
    const page = await desk.sitDown("Lin", options);
    for (const path of ["notifications", "appearance"]) {
      await page.goto(`${desk.server.base}/app/settings/${path}`);
      await assertWhole(page, path);
      await assertFits(page, path);
    }
    await page.getByLabel("High").check();
    assert.equal(
      await page.locator("html").getAttribute("data-contrast"),
      "high",
    );
    for (const path of ["all", "contacts", "reports", "settings/team"]) {
      await page.goto(`${desk.server.base}/app/${path}`);
      await assertWhole(page, `${path}, high contrast`);
    }
    assertQuiet(page);
  }
});

test("a system that wants more contrast gets it, unless somebody chose", async () => {
  const page = await desk.sitDown("Lin", { contrast: "more" });
  const html = page.locator("html");
  assert.equal(await html.getAttribute("data-contrast"), "high");
  await page.goto(`${desk.server.base}/app/settings/appearance`);
  await page.getByLabel("Usual").check();
  assert.equal(await html.getAttribute("data-contrast"), null);
  await page.reload();
  await settle(page);
  assert.equal(await html.getAttribute("data-contrast"), null);
  await page.getByLabel("Language").selectOption("de");
  await page.locator("html[lang^=de]").waitFor({ state: "attached" });
});

test("the desk can be installed, and its shell opens without a network", async () => {
  const page = await desk.sitDown("Lin");
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector("link[rel=manifest]");
    const answer = await fetch(link.href);
    return {
      type: answer.headers.get("content-type"),
      ...(await answer.json()),
    };
  });
  assert.equal(manifest.type, "application/manifest+json");
  assert.equal(manifest.start_url, "/app/");
  for (const { src, sizes } of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const picture = await createImageBitmap(
        await (await fetch(`/app/${src}`)).blob(),
      );
      return `${picture.width}x${picture.height}`;
    }, src);
    assert.equal(size, sizes);
  }
  const cdp = await page.context().newCDPSession(page);
  const { errors } = await cdp.send("Page.getAppManifest");
  assert.deepEqual(errors, []);

  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto(`${desk.server.base}/app/contacts`);
  await settle(page);
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const urls = await Promise.all(
      names.map(async (name) => (await caches.open(name)).keys()),
    );
    return urls.flat().map(({ url }) => new URL(url).pathname);
  });
  assert.ok(kept.includes("/app/"));
  assert.deepEqual(
    kept.filter((path) => !path.startsWith("/app/")),
    [],
    "nothing else is kept",
  );
  assertQuiet(page);
  await page.context().setOffline(true);
  await page.reload();
  await page.locator("#desk *").first().waitFor();
  await page.context().setOffline(false);
});
