import { describe, expect, it } from "vitest";
import type { EventFrame } from "@switchboard/realtime";
import { MARK } from "../../shared/protocol.ts";
import type { Outgoing } from "../model/outbox.ts";
import { parse } from "./host.ts";
import { Keeper } from "./keep.ts";
import { SharedLive, type Channel, type Connection, type Hearing } from "./shared-live.ts";
import { fileProblem } from "./upload.ts";

describe("what the page says", () => {
  it.each([
    [[MARK, "text", "hi"], true],
    [[MARK, "text", 4], false],
    [["other:1", "text", "hi"], false],
    [[MARK, "constructor", "hi"], false],
    [[MARK, "page", { url: 1 }], false],
    [{ type: "text" }, false],
    [null, false],
  ])("%j", (data, isRight) => {
    expect(parse(data) !== undefined).toBe(isRight);
  });
});

describe("files", () => {
  const limits = { bytes_max: 100, types: ["application/pdf", "image/*"] };

  it.each([
    [{ type: "image/png", size: 100 }, undefined],
    [{ type: "image/png", size: 101 }, "file_too_big"],
    [{ type: "text/html", size: 1 }, "file_type"],
    [{ type: "", size: 1 }, "file_type"],
  ])("%j", (file, problem) => {
    expect(fileProblem(file, limits)).toBe(problem);
  });
});

describe("keeper", () => {
  const item = (clientId: string): Outgoing => ({
    clientId,
    body: clientId,
    conversationId: null,
    attachments: [],
    at: "",
  });

  function storage() {
    const entries = new Map<string, string>();
    return {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => void entries.set(key, value),
      removeItem: (key: string) => void entries.delete(key),
    };
  }
  const keeper = (parts: {
    storage?: ReturnType<typeof storage> | undefined;
    handed?: string | null;
  }) => {
    let copy: string | null = parts.handed ?? null;
    const made = new Keeper(
      { key: "k", storage: parts.storage, hand: (text) => (copy = text) },
      copy,
    );
    return { made, copy: () => copy };
  };
  const ids = (made: Keeper) => made.kept.outbox.map((one) => one.clientId);

  it("keeps the draft and the outbox for the next page", () => {
    const shared = storage();
    const { made } = keeper({ storage: shared });
    made.set({ draft: "Hello th" });
    made.setOutbox([item("a")]);
    const next = keeper({ storage: shared }).made;
    expect([next.kept.draft, ids(next)]).toEqual(["Hello th", ["a"]]);
  });

  it("lives on the page's copy where its own storage is blocked", () => {
    const first = keeper({});
    first.made.setOutbox([item("a")]);
    expect(ids(keeper({ handed: first.copy() }).made)).toEqual(["a"]);
  });

  it("leaves alone what another tab has to send", () => {
    const shared = storage();
    const [one, two] = [keeper({ storage: shared }).made, keeper({ storage: shared }).made];
    one.setOutbox([item("a")]);
    two.setOutbox([item("b")]);
    one.setOutbox([]);
    expect(ids(keeper({ storage: shared }).made)).toEqual(["b"]);
  });

  it("shows nothing of one visitor to the next", () => {
    const shared = storage();
    const { made } = keeper({ storage: shared });
    made.belongTo("vis_1");
    made.set({ draft: "secret" });
    const next = keeper({ storage: shared }).made;
    expect(next.belongTo("vis_2")).toBe(false);
    expect(next.kept.draft).toBe("");
  });
});

describe("one connection for all tabs", () => {
  const event = (seq: number, prev: number): EventFrame => ({
    type: "message.created",
    seq,
    prev,
    id: String(seq),
    at: "",
    data: {},
  });

  /** Tabs on one channel and one lock, whose leader the test speaks through. */
  function browser() {
    const channels: Channel[] = [];
    const queue: (() => Promise<void>)[] = [];
    let isHeld = false;
    let server: Hearing | undefined;
    const opened: number[] = [];
    const signals: unknown[] = [];
    const next = () => {
      const held = queue.shift();
      isHeld = held !== undefined;
      if (held) void held().then(next);
    };
    const open = (since: number) => {
      const heard: number[] = [];
      let resyncs = 0;
      const channel: Channel = {
        onmessage: null,
        postMessage: (data) => {
          for (const other of channels) if (other !== channel) other.onmessage?.({ data });
        },
        close: () => void channels.splice(channels.indexOf(channel), 1),
      };
      channels.push(channel);
      const tab = new SharedLive({
        since,
        channel,
        hearing: {
          onEvent: ({ seq }) => heard.push(seq),
          onNote: () => undefined,
          onState: () => undefined,
          onResync: () => (resyncs += 1),
        },
        connect: (from, hearing): Connection => {
          opened.push(from);
          server = hearing;
          return {
            signal: (one) => signals.push(one),
            wake: () => undefined,
            close: () => undefined,
          };
        },
        lead: (held) => {
          queue.push(held);
          if (!isHeld) next();
        },
      });
      return { tab, heard, resyncs: () => resyncs };
    };
    return { open, opened, signals, say: (one: EventFrame) => server?.onEvent(one) };
  }

  it("passes on to every tab what one of them hears", () => {
    const { open, opened, say } = browser();
    const [one, two] = [open(41), open(41)];
    say(event(42, 41));
    expect([opened, one.heard, two.heard]).toEqual([[41], [42], [42]]);
  });

  it("hands over to the next without losing an event", async () => {
    const { open, opened, say } = browser();
    const [one, two] = [open(41), open(41)];
    say(event(42, 41));
    one.tab.close();
    await new Promise((done) => setTimeout(done, 0));
    expect(opened).toEqual([41, 42]);
    say(event(43, 42));
    expect(two.heard).toEqual([42, 43]);
  });

  it("lets a tab that slept ask for what it missed", () => {
    const { open, say } = browser();
    open(41);
    const late = open(30);
    say(event(42, 41));
    expect([late.heard, late.resyncs()]).toEqual([[42], 1]);
  });

  it("sends the signals of all tabs through the one that listens", () => {
    const { open, signals } = browser();
    open(41);
    open(41).tab.signal({ type: "typing", conversation_id: "conv_1" });
    expect(signals).toEqual([{ type: "typing", conversation_id: "conv_1" }]);
  });
});
