// What a page may forbid and a stranger may write: the widget works, and nothing of theirs runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PAYLOADS, within } from "./payloads.mjs";
import { stage } from "./stage.mjs";
import { eventually } from "./workspace.mjs";

const NAME_CHARS_MAX = 100;
const SITE_NAME_CHARS_MAX = 200;
const TRIGGER_CHARS_MAX = 1000;
const FIELDS_MAX = 20;
const CHOICES_MAX = 5;

const here = stage();

/** Runs in every document before its own scripts, whatever its policy says. */
const WATCH = `addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error("violated " + violatedDirective + " by " + blockedURI));`;

test("under the strictest policy of the page it works, and violates nothing", async () => {
  const context = await here.visitor();
  await context.addInitScript(WATCH);
  const complaints = [];
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  const { operator, widget, id } = await here.talk({ context, kind: "strict" });
  await operator.says(id, "It is.");
  await widget.message("It is.").waitFor();
  await widget.frame.getByRole("button", { name: "Emoji" }).click();
  await widget.frame.locator(".sw-em button").first().click();
  await widget.close();
  assert.deepEqual(complaints, []);
});

test("with storage blocked it works for as long as the page does", async () => {
  const context = await here.visitor();
  await context.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
      const get = () => {
        throw new DOMException("blocked", "SecurityError");
      };
      Object.defineProperty(window, name, { get });
    }
  });
  const errors = [];
  context.on("weberror", (error) => errors.push(String(error.error())));
  const { operator, widget, id } = await here.talk({ context });
  await operator.says(id, "It is.");
  await widget.message("It is.").waitFor();
  await widget.close();
  await widget.open();
  await widget.message("It is.").waitFor();
  await widget.page.reload();
  await widget.isThere();
  await widget.open();
  await widget.field.waitFor();
  assert.deepEqual(errors, []);
});

test("on a site of another registrable name, with storage of its own, it works as well", async () => {
  const { operator, widget, id } = await here.talk({ origin: here.shop.farOrigin });
  await operator.says(id, "It is.");
  await widget.message("It is.").waitFor();
  await widget.page.reload();
  await widget.isThere();
  await widget.message("It is.").waitFor();
});

test("only the site's own pages may frame the chat or call its server", async () => {
  const site = await here.site({ origins: [here.shop.origin] });
  const address = `${here.base}/widget/frame?site=${site.key}`;
  const response = await fetch(address);
  const policy = response.headers.get("content-security-policy");
  assert.match(policy, new RegExp(`frame-ancestors 'self' ${here.shop.origin}(;|$)`));
  assert.doesNotMatch(policy, /unsafe/);

  const page = await (await here.visitor()).newPage();
  const framed = async (origin) => {
    await page.goto(`${origin}${here.shop.path("bare", site)}`);
    await page.evaluate((src) => {
      const frame = document.createElement("iframe");
      frame.src = src;
      document.body.append(frame);
      return new Promise((done) => (frame.onload = done));
    }, address);
    const frame = page.frames().find((one) => one !== page.mainFrame());
    return frame.locator("body").evaluate((body) => body.ownerDocument.URL);
  };
  assert.equal(await framed(here.shop.origin), address);
  await eventually("the browser refuses", async () =>
    (await framed(here.shop.farOrigin)).startsWith("chrome-error:"),
  );

  const init = (origin) =>
    fetch(`${here.base}/widget/v1/init?site=${site.key}`, {
      method: "POST",
      headers: { Origin: origin },
      body: "{}",
    });
  assert.equal((await init(here.shop.origin)).status, 200);
  assert.equal((await init(here.shop.farOrigin)).status, 403);
});

/** A browser in which a script that got through is noticed. */
async function trap() {
  const context = await here.visitor();
  const caught = [];
  context.on("page", (page) => {
    page.on("dialog", (dialog) => {
      caught.push(`a dialog says ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("download", () => undefined);
  });
  context.on("request", (request) => {
    if (/xss|evil/.test(request.url())) caught.push(`${request.url()} was fetched`);
  });
  const assertQuiet = async () => {
    for (const page of context.pages()) {
      for (const frame of page.frames()) {
        const isSet = await frame.evaluate(() => window.__xss !== undefined);
        if (isSet) caught.push(`a script ran in ${frame.url()}`);
      }
    }
    assert.deepEqual(caught, []);
  };
  return { context, assertQuiet };
}

test("no text of a visitor, an operator or a file name runs in the chat", async () => {
  const { context, assertQuiet } = await trap();
  const talk = await here.talk({ context });
  const { operator, widget, id } = talk;
  for (const payload of PAYLOADS) {
    await widget.field.fill(payload);
    await widget.field.press("Enter");
  }
  for (const payload of PAYLOADS) await operator.says(id, payload);
  for (const payload of PAYLOADS) {
    const file = await here.workspace.upload(`${payload}.png`, "text/plain", "a file");
    await operator.says(id, "", { attachments: [file.id] });
  }
  await operator.hearsMessage(PAYLOADS.at(-1).trim());
  const files = widget.frame.locator(".sw-at");
  await eventually("all is shown", async () => (await files.count()) === PAYLOADS.length);
  const bodies = await widget.frame.locator(".sw-t").allInnerTexts();
  for (const payload of PAYLOADS) {
    const plain = flat(payload);
    const shown = bodies.filter((body) => flat(body).includes(plain));
    assert.ok(shown.length >= 2, `${payload} is shown as it was written`);
  }
  const links = await widget.frame
    .locator(".sw-log a")
    .evaluateAll((all) => all.map(({ href }) => new URL(href).protocol));
  assert.deepEqual(
    links.filter((protocol) => !/^https?:$/.test(protocol)),
    [],
  );
  for (const link of await widget.frame.locator(".sw-t a").all()) {
    await link.hover();
    assert.match(await link.getAttribute("rel"), /noopener/);
  }
  await assertQuiet();
  await readTranscript(context, id);
  await openTranscript(context, id);
  await assertQuiet();
});

/** White space and invisible marks aside, which line breaking and bidi isolation may change. */
function flat(text) {
  return text.replace(/[\s\u2028\u2029\u202a-\u202e]+/g, " ").trim();
}

/** The transcript as the server sends it. */
async function openTranscript(context, id) {
  const page = await context.newPage();
  await page.setExtraHTTPHeaders({ Authorization: `Bearer ${here.workspace.key}` });
  await page.goto(`${here.base}/v1/conversations/${id}/transcript?format=html`);
  await page.locator("dl").waitFor();
}

/** And without its headers, as a mail program has it: its markup alone must be harmless. */
async function readTranscript(context, id) {
  const response = await here.workspace.transcript(id);
  assert.match(response.headers.get("content-type"), /^text\/html/);
  const page = await context.newPage();
  await page.setContent(await response.text());
  await page.locator("dl").waitFor();
  assert.equal(await page.locator("script, img, iframe, svg, a, object, style, link").count(), 0);
  await page.close();
}

test("no name of a visitor or an operator runs in the chat or the transcript", async () => {
  const { context, assertQuiet } = await trap();
  const { operator, widget, id } = await here.talk({ context });
  const names = chunks(NAME_CHARS_MAX);
  for (const name of names) {
    await here.workspace.call("PATCH", `/v1/operators/${operator.self.id}`, { name });
    await operator.says(id, `said as ${names.indexOf(name)}`);
  }
  await widget
    .message(`said as ${names.length - 1}`)
    .first()
    .waitFor();
  operator.types(id);
  await widget.frame.locator(".sw-ty").waitFor();
  await assertQuiet();
  for (const name of names) {
    await widget.page.evaluate((said) => window.switchboard("identify", { name: said }), name);
    await eventually("the visitor is renamed", async () => {
      const { data } = await here.workspace.call("GET", `/v1/conversations/${id}`);
      return flat(data.visitor.name ?? "") === flat(name);
    });
    await readTranscript(context, id);
  }
  await openTranscript(context, id);
  await assertQuiet();
});

/** All payloads that fit, in as few pieces as may be. */
function chunks(chars) {
  const pieces = [];
  for (const payload of PAYLOADS.filter((one) => one.length <= chars)) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + payload.length < chars) {
      pieces[pieces.length - 1] = `${last} ${payload}`;
    } else pieces.push(payload);
  }
  return pieces;
}

test("no word of a site's settings runs in the page or the chat", async () => {
  const { context, assertQuiet } = await trap();
  const labels = PAYLOADS.filter((one) => one.length <= SITE_NAME_CHARS_MAX);
  const site = await here.site({
    name: within(SITE_NAME_CHARS_MAX),
    texts: { en: { greeting: PAYLOADS.join(" "), intro: PAYLOADS.join("\n") } },
    pre_chat: {
      fields: labels.slice(0, FIELDS_MAX).map((label, at) => ({
        name: `field${at}`,
        label,
        type: at % 2 ? "text" : "select",
        is_required: false,
        options: labels.slice(FIELDS_MAX),
      })),
      consent: { text: within(TRIGGER_CHARS_MAX), version: "1", is_required: false },
    },
    triggers: [
      {
        id: "hello",
        message: within(TRIGGER_CHARS_MAX),
        author: within(NAME_CHARS_MAX),
        choices: PAYLOADS.slice(7, 7 + CHOICES_MAX),
        when: { event: "looked" },
        caps: { per_day: 9, quiet_hours: 0 },
      },
    ],
  });
  const widget = await here.visit(context, site);
  await widget.page.evaluate(() => window.switchboard("track", "looked"));
  await widget.loaded();
  await widget.frame.locator(".sw-pop").waitFor();
  await assertQuiet();
  await widget.frame.locator(".sw-q button").first().click();
  await widget.isOpen();
  await widget.frame.getByRole("button", { name: "Start chat" }).waitFor();
  assert.equal(await widget.frame.locator(".sw-f label").count(), FIELDS_MAX + 2);
  await assertQuiet();
});

test("no answer to a form and no page's title or address runs or leads anywhere", async () => {
  const { context, assertQuiet } = await trap();
  const operator = await here.operator();
  const fields = ["name", "company"].map((name) => ({ name, label: name, type: "text" }));
  const site = await here.site({ pre_chat: { fields } });
  const widget = await here.visit(context, site);
  await widget.page.evaluate((payloads) => {
    document.title = payloads.join(" ");
    history.pushState(null, "", `?ref=${encodeURIComponent(payloads[0])}#${payloads.join("")}`);
  }, PAYLOADS);
  await widget.open();
  for (const { name } of fields) await widget.frame.getByLabel(name).fill(within(NAME_CHARS_MAX));
  await widget.frame.getByLabel("Your question").fill(PAYLOADS.join("\n"));
  await widget.frame.getByRole("button", { name: "Start chat" }).click();
  const { data } = await operator.hears("message.created");
  await widget.message("top.__xss").waitFor();
  await readTranscript(context, data.conversation_id);
  await openTranscript(context, data.conversation_id);
  await assertQuiet();

  // A page's address comes from the page: whatever is no address of a page is not taken for one.
  const token = await eventually("the token is kept", () =>
    widget.page.evaluate((key) => JSON.parse(localStorage[`switchboard:${key}`]).token, site.key),
  );
  const pages = ["javascript:top.__xss=1", "data:text/html,x"].map((url) => ({ url, title: "x" }));
  const response = await fetch(`${here.base}/widget/v1/pageview?site=${site.key}`, {
    method: "POST",
    headers: { Origin: here.shop.origin },
    body: JSON.stringify({ token, pages }),
  });
  assert.ok(response.status < 500);
  const views = `/v1/visitors/${data.visitor.id}/pageviews`;
  for (const view of (await here.workspace.call("GET", views)).data) {
    assert.match(view.url, /^https?:/);
  }
});

test("a file that could run is only ever a download", async () => {
  const { context, assertQuiet } = await trap();
  const { operator, widget, id } = await here.talk({ context });
  const run = "<script>top.__xss=1</script>";
  const files = [
    ["drawing.svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg">${run}</svg>`],
    ["page.html", "text/html", `<!doctype html>${run}`],
    ["picture.png", "image/png", `<!doctype html>${run}`],
    ["page.xhtml", "application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml"/>`],
  ];
  for (const [name, type, body] of files) {
    const { id: file } = await here.workspace.upload(name, type, body);
    await operator.says(id, "", { attachments: [file] });
  }
  const links = widget.frame.locator("a.sw-at");
  await eventually("the files are shown", async () => (await links.count()) === files.length);
  for (const link of await links.all()) {
    const url = await link.getAttribute("href");
    const { headers, status } = await fetch(url);
    assert.equal(status, 200);
    assert.doesNotMatch(headers.get("content-type"), /svg|html|xml/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-disposition"), /^attachment/);
    assert.match(headers.get("content-security-policy"), /sandbox/);
    const page = await context.newPage();
    await assert.rejects(page.goto(url), /Download is starting/);
    await page.close();
  }
  await assertQuiet();
});
