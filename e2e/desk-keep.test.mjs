// What is typed and sent at the desk is neither lost nor sent twice, whatever ends in between; and
// what was read before can be read without a server.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { assertWhole, Desk } from "./desk.mjs";
import { eventually } from "./workspace.mjs";

/** How many things end, at random; `make soak` takes a hundred. */
const KILLS = Number(process.env.KILLS ?? 9);
const SEED = Number(process.env.SEED ?? 7);

let desk;
before(async () => (desk = await Desk.start()));
afterEach(() => desk.clear());
after(() => desk?.stop());

const reply = (page) =>
  page.getByRole("textbox", { name: "Reply to the visitor" });
const said = async (id) => (await desk.bodies(id)).map(({ body }) => body);

/** Numbers below `limit` that only depend on the seed. */
function dice(seed) {
  let state = seed;
  return (limit) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * limit);
  };
}

/** Waits until the worker has the shell of the desk, so that it opens without a server. */
const shelled = (page) =>
  page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

describe("without a server", () => {
  test("the desk opens, is read and written in; what was sent goes out once, in its order", async () => {
    const id = await desk.talk("Nora Vance", "Is the blue one in stock?");
    const page = await desk.sitDown("Ada", { path: `/app/all/${id}` });
    const thread = page.getByRole("region", {
      name: "Conversation",
      exact: true,
    });
    await thread.getByText("Is the blue one in stock?").waitFor();
    await shelled(page);
    await page.reload(); // from here on the worker has it
    await thread.getByText("Is the blue one in stock?").waitFor();
    await desk.server.crash();
    await page.reload();
    await thread.getByText("Is the blue one in stock?").waitFor();
    await page.getByRole("link", { name: /Nora Vance/ }).waitFor();
    for (const words of ["It is.", "Two are left.", "Shall I keep one?"]) {
      await reply(page).fill(words);
      await reply(page).press("Control+Enter");
    }
    await page.getByText("No connection.").waitFor();
    await page.getByText("3 messages go out by themselves.").waitFor();
    await assertWhole(page, "the desk without a server");
    await desk.server.revive();
    await page.getByRole("button", { name: "Connect now" }).click();
    const wanted = [
      "Is the blue one in stock?",
      "It is.",
      "Two are left.",
      "Shall I keep one?",
    ];
    await eventually(
      "all is there once",
      async () => (await said(id)).length === wanted.length,
    );
    assert.deepEqual(await said(id), wanted);
    await page.getByText("No connection.").waitFor({ state: "detached" });
    await thread.locator(".unsent").first().waitFor({ state: "detached" });
  });

  test("what another person left in this browser is neither shown nor sent", async () => {
    const id = await desk.talk("Iris Bell", "Between us only");
    const page = await desk.sitDown("Bo", { path: `/app/all/${id}` });
    await reply(page).waitFor();
    const me = await page.evaluate(() =>
      localStorage.getItem("switchboard:cached-for"),
    );
    await page.evaluate((conversation) => {
      const by = "op_somebody_else";
      const draft = { body: "Half of it", version: 0, isNew: true };
      const one = {
        clientId: "left",
        conversation,
        by,
        body: "All of it",
        mode: "reply",
      };
      const unsent = { ...one, files: [], mentions: [], todo: [], turn: 1 };
      localStorage.setItem("switchboard:cached-for", by);
      localStorage.setItem(
        `switchboard:draft:${by}:${conversation}:reply`,
        JSON.stringify(draft),
      );
      localStorage.setItem("switchboard:unsent:left", JSON.stringify(unsent));
    }, id);
    await page.reload();
    await reply(page).fill("My own words");
    await reply(page).press("Control+Enter");
    await eventually("it is sent", async () =>
      (await said(id)).includes("My own words"),
    );
    assert.deepEqual(await said(id), ["Between us only", "My own words"]);
    assert.equal(await reply(page).inputValue(), "");
    const whose = await page.evaluate(() =>
      localStorage.getItem("switchboard:cached-for"),
    );
    assert.equal(whose, me);
  });
});

describe("what was sent", () => {
  test("can be taken back while it is held, by button and by key", async () => {
    const id = await desk.talk("Otto Lind", "Hello?");
    const page = await desk.sitDown("Cleo", { path: "/app/settings/writing" });
    await page
      .getByRole("group", { name: "In the live chat" })
      .getByLabel("20 seconds")
      .check();
    await assertWhole(page, "Settings, Writing");
    await page.goto(`${desk.server.base}/app/all/${id}`);
    await reply(page).fill("Too soon");
    await reply(page).press("Control+Enter");
    await page.getByText("Goes out in a moment").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(
      () => document.querySelector("textarea.txt").value === "Too soon",
    );
    await reply(page).press("Control+Enter");
    await page.getByText("Goes out in a moment").waitFor();
    await reply(page).press("Control+z");
    await page.waitForFunction(
      () => document.querySelector("textarea.txt").value === "Too soon",
    );
    await reply(page).fill("In time");
    await reply(page).press("Control+Enter");
    await page.getByText("Goes out in a moment").waitFor();
    assert.deepEqual(await said(id), ["Hello?"]);
    // Whoever leaves does not take it along.
    await page.goto(`${desk.server.base}/app/settings/writing`);
    await eventually("it went out", async () =>
      (await said(id)).includes("In time"),
    );
    assert.deepEqual(await said(id), ["Hello?", "In time"]);
  });

  test("names what is wrong with the clock, and snoozes by the server's", async () => {
    const id = await desk.talk("Pia Holm", "Call me in an hour");
    const page = await desk.sitDown("Dana", { path: `/app/all/${id}` });
    const ahead = 3 * 3_600_000;
    await page.addInitScript((off) => {
      const real = Date.now.bind(Date);
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...given) {
          super(...(given.length ? given : [real() + off]));
        }
        static now = () => real() + off;
      };
    }, ahead);
    await page.reload();
    await page.getByText("This clock is 3 hours ahead.").waitFor();
    await reply(page).waitFor();
    await page.locator(".list h1").click();
    await page.keyboard.press("s");
    await page.getByRole("option", { name: "For an hour" }).click();
    await eventually("it sleeps", async () => (await desk.find(id)).is_snoozed);
    const until = Date.parse((await desk.find(id)).snoozed_until) - Date.now();
    assert.ok(50 * 60_000 < until && until < 70 * 60_000, `${until} ms`);
  });
});

/** Leaves no room for a single letter more in what this browser keeps. */
const fill = (page) =>
  page.evaluate(() => {
    let block = "x".repeat(1 << 20);
    for (let number = 0; block; number += 1)
      try {
        localStorage.setItem(`filler:${number}`, block);
      } catch {
        block = block.slice(Math.ceil(block.length / 2));
      }
  });

/** What the server keeps of what this person typed. */
async function draftOf(page, id) {
  const path = `${desk.server.base}/v1/conversations/${id}/drafts`;
  const { data } = await (await page.context().request.get(path)).json();
  return data.find(({ mode }) => mode === "reply")?.body ?? "";
}

const holds = (page, words) =>
  eventually(
    `the field has “${words}”`,
    async () => (await reply(page).inputValue()) === words,
  );

describe("where something else is in the way", () => {
  test("a full browser says so, and what is typed and sent there is the server's to keep", async () => {
    const id = await desk.talk("Sven Falk", "Is there room?");
    const page = await desk.sitDown("Gina", { path: `/app/all/${id}` });
    await reply(page).waitFor();
    await fill(page);
    await reply(page).fill("Not much");
    await page.getByText("This browser is full").waitFor();
    await eventually(
      "the server has it",
      async () => (await draftOf(page, id)) === "Not much",
    );
    await page.reload();
    await reply(page).waitFor();
    await holds(page, "Not much");
    await desk.server.crash();
    await reply(page).press("Control+Enter");
    await page.locator(".unsent", { hasText: "Waits." }).waitFor();
    await desk.server.revive();
    await eventually("it is sent", async () => (await said(id)).length === 2);
    await page.locator(".unsent").waitFor({ state: "detached" });
    assert.deepEqual(await said(id), ["Is there room?", "Not much"]);
  });

  test("two tabs have one draft, and what both send while nothing goes out arrives once", async () => {
    const id = await desk.talk("Tina Berg", "Which of you?");
    const one = await desk.sitDown("Hal", { path: `/app/all/${id}` });
    await reply(one).waitFor();
    const two = await desk.tabBeside(one);
    await reply(two).waitFor();
    await reply(one).fill("I am");
    await holds(two, "I am");
    await desk.server.crash();
    await reply(two).press("Control+Enter");
    await holds(one, "");
    await reply(one).fill("So am I");
    await reply(one).press("Control+Enter");
    await one.locator(".unsent").nth(1).waitFor();
    await two.locator(".unsent").nth(1).waitFor();
    await desk.server.revive();
    await eventually("all is sent", async () => (await said(id)).length === 3);
    for (const tab of [one, two])
      await tab.locator(".unsent").first().waitFor({ state: "detached" });
    assert.deepEqual(await said(id), ["Which of you?", "I am", "So am I"]);
  });

  test("a tab that is closed leaves what it sent to the other", async () => {
    const id = await desk.talk("Uma Krog", "Still there?");
    const one = await desk.sitDown("Inga", { path: `/app/all/${id}` });
    await reply(one).waitFor();
    const two = await desk.tabBeside(one);
    await reply(two).waitFor();
    await desk.server.crash();
    await reply(two).fill("Until now");
    await reply(two).press("Control+Enter");
    await two.locator(".unsent", { hasText: "Waits." }).waitFor();
    await two.close();
    await desk.server.revive();
    await eventually(
      "it is sent",
      async () => (await said(id)).length === 2,
      60_000,
    );
    await one.locator(".unsent").waitFor({ state: "detached" });
    assert.deepEqual(await said(id), ["Still there?", "Until now"]);
  });

  test("two devices have one draft, and ask where they disagree", async () => {
    const id = await desk.talk("Vera Lund", "Tell me all");
    const one = await desk.sitDown("Jon", { path: `/app/all/${id}` });
    await reply(one).fill("Once");
    await one.getByText("Draft kept", { exact: true }).waitFor();
    const two = await desk.deviceBeside(one);
    await holds(two, "Once");
    await one.context().setOffline(true);
    await reply(one).fill("Once upon a time");
    await reply(two).fill("Once bitten");
    await eventually(
      "the server has that of the second",
      async () => (await draftOf(two, id)) === "Once bitten",
    );
    await one.context().setOffline(false);
    await reply(one).press("!");
    await one.getByText("Another device has: Once bitten").waitFor();
    await one.getByRole("button", { name: "Keep mine" }).click();
    await eventually(
      "the server has that of the first",
      async () => (await draftOf(two, id)) === "Once upon a time!",
    );
    await two.reload();
    await holds(two, "Once upon a time!");
    await reply(one).press("Control+Enter");
    await eventually("it is sent", async () => (await said(id)).length === 2);
    await eventually(
      "the draft is gone",
      async () => (await draftOf(two, id)) === "",
    );
    await two.reload();
    await two.locator(".bub", { hasText: "Once upon a time!" }).waitFor();
    await holds(two, "");
    assert.deepEqual(await said(id), ["Tell me all", "Once upon a time!"]);
  });
});

/** Types and sends while tabs, servers and networks end; gives what was lost, and what came twice. */
async function survive(page, id, kills, roll) {
  const sent = [];
  let typed = "";
  let tab = page;
  const open = async () => {
    await tab.goto(`${desk.server.base}/app/all/${id}`);
    await reply(tab).waitFor();
  };
  for (let kill = 0; kill < kills; kill += 1) {
    for (let letter = 4 + roll(12); letter > 0; letter -= 1) {
      await reply(tab).press(String.fromCharCode(97 + roll(26)));
    }
    typed = await reply(tab).inputValue();
    if (roll(2)) {
      await reply(tab).press("Control+Enter");
      sent.push(typed);
      typed = "";
    }
    switch (kill % 3) {
      case 0: {
        const context = tab.context();
        const dead = tab;
        tab = await context.newPage();
        const cdp = await context.newCDPSession(dead);
        cdp.send("Page.crash").catch(() => undefined); // it has no answer: who should give it
        await dead.waitForEvent("crash");
        await dead.close();
        await open();
        break;
      }
      case 1:
        await desk.server.crash();
        await reply(tab).press("x");
        typed += "x";
        await desk.server.revive();
        break;
      default:
        await tab.context().setOffline(true);
        await reply(tab).press("y");
        typed += "y";
        await tab.context().setOffline(false);
    }
    const now = await reply(tab).inputValue();
    if (now !== typed) return { lost: typed, now, kill };
  }
  await open();
  await eventually(
    "all is sent",
    async () => {
      const there = await said(id);
      return sent.every((body) => there.includes(body));
    },
    60_000,
  ).catch(() => undefined);
  const there = (await said(id)).slice(1);
  return { sent, there, typed, now: await reply(tab).inputValue() };
}

describe("while it is typed", () => {
  test(`${KILLS} ends of tab, server and network lose no letter and send nothing twice`, async () => {
    const id = await desk.talk("Quin Marsh", "Go on");
    const page = await desk.sitDown("Edda", { path: `/app/all/${id}` });
    await reply(page).waitFor();
    const { sent, there, typed, now, ...lost } = await survive(
      page,
      id,
      KILLS,
      dice(SEED),
    );
    assert.deepEqual(lost, {});
    assert.deepEqual(there, sent);
    assert.equal(now, typed);
    console.log(
      `# at the desk: ${KILLS} kills, ${sent.length} messages sent, all there once`,
    );
  });

  test("a browser that keeps nothing is found to lose letters", async () => {
    const id = await desk.talk("Rolf Adler", "Go on");
    const page = await desk.sitDown("Finn", { path: `/app/all/${id}` });
    await page.context().addInitScript(() => {
      Storage.prototype.setItem = () => undefined;
    });
    await page.reload();
    await reply(page).waitFor();
    const { lost, sent, there } = await survive(page, id, KILLS, dice(SEED));
    assert.ok(
      lost !== undefined || there.length < sent.length,
      "the planted loss goes unseen",
    );
  });
});
