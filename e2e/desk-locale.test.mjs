// The desk in other languages: every text is translated, fits, and runs the right way.
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

const CHOICE = "switchboard:language";
const SMALL = { width: 320, height: 640 };
/** What no language translates: names of products, zones and times, and what the test itself put in. */
const SAME =
  /^(Switchboard|UTC|POST|MM\/DD\/YYYY\.|⟦\S+|default|Lin|AK|.+@.+\.example|.+@example\.com|\w+\/[\w/-]+|\d+:\d\d [AP]M|[A-Z][a-z]{2} \d+|\w+, \w+ \d+, \d{4} at .+)$/;

let desk;
let conversation;

before(async () => {
  desk = await Desk.start();
  conversation = await desk.talk("Ada King", "Where is my kiln?");
});
after(() => desk?.stop());
afterEach(() => desk.clear());

async function open(language, options = {}) {
  const page = await desk.sitDown("Lin", { role: "owner", ...options });
  await page.evaluate(
    ([name, value]) => localStorage.setItem(name, value),
    [CHOICE, language],
  );
  await page.reload();
  await settle(page);
  return page;
}

/** Every place of the desk, and every page of its settings. */
async function places(page) {
  const { base } = desk.server;
  await page.goto(`${base}/app/settings/general`);
  await settle(page);
  const hrefs = await page
    .locator(".of-settings a")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.ok(hrefs.length > 15, "the settings are listed");
  const own = [
    "all",
    `all/${conversation}`,
    "drafts",
    "contacts",
    "visitors",
    "leads",
    "reports",
  ];
  return [...own.map((path) => `/app/${path}`), ...hrefs].map(
    (path) => base + path,
  );
}

/** What is read on the page and was written by us, but not in the language of the tests. */
function untranslated(same) {
  const theirs =
    "code,pre,kbd,samp,time,bdi,script,style,svg,.mono,[dir=auto],[dir=ltr]:not(html),[translate=no],noscript,textarea,option[data-theirs]";
  const found = [];
  const look = (text, element) => {
    const rest = text.replace(/⟦[^⟧]*⟧/g, " ").trim();
    const isOurs = /[A-Za-z]{2,}/.test(rest) && !element.closest(theirs);
    if (isOurs && !new RegExp(same).test(rest)) found.push(text.trim());
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.data.trim()) look(node.data, node.parentElement);
  for (const element of document.querySelectorAll(
    "[aria-label],[title],[placeholder]",
  ))
    for (const name of ["aria-label", "title", "placeholder"])
      if (element.getAttribute(name)) look(element.getAttribute(name), element);
  return found;
}

test("every text is translated, and a language that is longer fits", async () => {
  const page = await open("en-XA");
  const missed = new Map();
  for (const url of await places(page)) {
    await page.goto(url);
    await settle(page);
    for (const text of await page.evaluate(untranslated, SAME.source))
      if (!missed.has(text)) missed.set(text, new URL(url).pathname);
  }
  assert.deepEqual([...missed], []);
});

test("a language from right to left fits a narrow telephone, with longer words", async () => {
  const page = await open("ar-XB", { viewport: SMALL });
  for (const url of await places(page)) {
    await page.goto(url);
    await settle(page);
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
    await assertFits(page, new URL(url).pathname);
  }
  assertQuiet(page);
});

test("the desk speaks the language of the browser, with its numbers and times", async () => {
  const page = await desk.sitDown("Lin", { role: "owner", locale: "de-AT" });
  assert.equal(await page.locator("html").getAttribute("lang"), "de-AT");
  await page.getByRole("link", { name: "Nicht zugewiesen" }).first().waitFor();
  await assertWhole(page, "inbox, de");
  await page.goto(`${desk.server.base}/app/contacts`);
  await page.getByRole("heading", { name: /Kontakte/, level: 1 }).waitFor();
  assertQuiet(page);
});

test("Arabic runs from right to left, and what visitors wrote as they wrote it", async () => {
  for (const options of [{}, { viewport: PHONE }, { colorScheme: "dark" }]) {
    const page = await open("ar", options);
    await page.goto(`${desk.server.base}/app/all/${conversation}`);
    const bubble = page.locator(".bub", { hasText: "Where is my kiln?" });
    await bubble.waitFor();
    assert.equal(
      await bubble.evaluate((element) => getComputedStyle(element).direction),
      "ltr",
    );
    await assertWhole(page, "conversation, ar");
    for (const path of ["contacts", "reports", "settings/general"]) {
      await page.goto(`${desk.server.base}/app/${path}`);
      await assertWhole(page, `${path}, ar`);
      await assertFits(page, path);
    }
    assertQuiet(page);
  }
});
