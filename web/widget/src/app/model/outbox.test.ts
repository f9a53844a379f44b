import { describe, expect, it } from "vitest";
import { Outbox, OUTBOX_MAX, type Outcome, type Outgoing } from "./outbox.ts";

function item(clientId: string): Outgoing {
  return {
    clientId,
    body: clientId,
    conversationId: null,
    attachments: [],
    at: "2026-02-11T10:00:00Z",
  };
}

/** An outbox whose server answers what the test says, and whose clock the test turns. */
function world(outcomes: (Outcome | Error)[], kept: Outgoing[] = []) {
  const sent: string[] = [];
  const waits: number[] = [];
  let stored = kept;
  let wake: () => void = () => undefined;
  const outbox = new Outbox({
    load: () => stored,
    save: (items) => (stored = items),
    send: (one) => {
      sent.push(one.clientId);
      const outcome = outcomes.shift() ?? { kind: "sent" };
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    changed: () => undefined,
    after: (milliseconds, task) => {
      waits.push(milliseconds);
      wake = task;
      return () => (wake = () => undefined);
    },
    random: () => 1,
  });
  const settle = () => new Promise((done) => setTimeout(done, 0));
  return { outbox, sent, waits, settle, wake: () => wake(), stored: () => stored };
}

describe("outbox", () => {
  it("sends in the order of writing and keeps what is not acknowledged", async () => {
    const { outbox, sent, settle, stored } = world([]);
    outbox.add(item("a"));
    outbox.add(item("b"));
    expect(stored().map((one) => one.clientId)).toEqual(["a", "b"]);
    await settle();
    expect([sent, stored()]).toEqual([["a", "b"], []]);
  });

  it("tries again with the same id, and waits longer each time", async () => {
    const { outbox, sent, waits, settle, wake } = world([
      { kind: "later" },
      new Error("the line is down"),
      { kind: "later", afterMs: 60_000 },
    ]);
    outbox.add(item("a"));
    await settle();
    wake();
    await settle();
    wake();
    await settle();
    wake();
    await settle();
    expect(sent).toEqual(["a", "a", "a", "a"]);
    expect(waits).toEqual([1000, 2000, 60_000]);
    expect(outbox.items).toEqual([]);
  });

  it("does not let a later message overtake one that waits", async () => {
    const { outbox, sent, settle } = world([{ kind: "later" }]);
    outbox.add(item("a"));
    await settle();
    outbox.add(item("b"));
    await settle();
    expect(sent).toEqual(["a", "a", "b"]);
  });

  it("leaves a refused message to its writer, and goes on with the next", async () => {
    const { outbox, sent, settle } = world([{ kind: "refused", reason: "too long" }]);
    outbox.add(item("a"));
    outbox.add(item("b"));
    await settle();
    expect(sent).toEqual(["a", "b"]);
    expect(outbox.items).toMatchObject([{ clientId: "a", failure: "too long" }]);
    outbox.retry("a");
    await settle();
    expect([sent, outbox.items]).toEqual([["a", "b", "a"], []]);
  });

  it("begins with what a closed tab left", async () => {
    const { outbox, sent, settle } = world([], [item("old")]);
    outbox.flush();
    await settle();
    expect(sent).toEqual(["old"]);
  });

  it("takes in the same message once", () => {
    const { outbox } = world([new Error("down")], [item("a")]);
    outbox.adopt([item("a"), item("b")]);
    expect(outbox.items.map((one) => one.clientId)).toEqual(["b", "a"]);
  });

  it("never grows without end", () => {
    const { outbox } = world([new Error("down")]);
    for (let at = 0; at <= OUTBOX_MAX; at += 1) outbox.add(item(String(at)));
    expect(outbox.items).toHaveLength(OUTBOX_MAX);
  });
});
