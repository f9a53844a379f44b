import { describe, expect, it } from "vitest";
import { blankSite } from "../alone.ts";
import { loadWords } from "../locale/index.ts";
import { faceOf, type ChatState } from "../model/state.ts";
import { Thread } from "../model/thread.ts";
import type { Message } from "../model/wire.ts";
import { rowsOf, type MessageRow } from "./rows.ts";

const NOW = new Date(2026, 1, 11, 12, 0);

function message(number: number, more: Partial<Message> = {}): Message {
  return {
    id: `msg_${String(number)}`,
    conversation_id: "conv_1",
    number,
    client_id: null,
    type: "operator",
    body: String(number),
    author: { name: "Maya", avatar_url: null },
    attachments: [],
    event: null,
    created_at: new Date(2026, 1, 11, 10, number).toISOString(),
    delivered_at: null,
    read_at: null,
    edited_at: null,
    deleted_at: null,
    ...more,
  };
}

function state(messages: Message[], more: Partial<ChatState> = {}): ChatState {
  const thread = new Thread("conv_1");
  thread.merge(messages);
  return {
    site: blankSite("pk_1"),
    page: { url: "", title: "", referrer: "" },
    phase: "ready",
    visitor: null,
    team: null,
    conversation: null,
    thread,
    outgoing: [],
    uploads: [],
    live: "live",
    typing: null,
    unread: 0,
    isOpen: true,
    isBeginning: false,
    isLoadingEarlier: false,
    answer: null,
    ...more,
  };
}

const draw = async (drawn: ChatState) => rowsOf(drawn, await loadWords("en"), NOW);
const unsent = {
  clientId: "c9",
  body: "later",
  conversationId: null,
  attachments: [],
  at: NOW.toISOString(),
};

describe("the lines of a conversation", () => {
  it("names the day once and the speaker at the beginning of a run", async () => {
    const rows = await draw(state([message(1), message(2), message(9)]));
    expect(rows[0]).toMatchObject({ kind: "line", text: "Today" });
    expect(rows.slice(1).map((row) => (row as MessageRow).isFirst)).toEqual([true, false, true]);
  });

  it("shows a receipt below the last own message, or below what still waits", async () => {
    const own = message(1, { type: "visitor", client_id: "c1", read_at: NOW.toISOString() });
    const [, read] = (await draw(state([own]))) as MessageRow[];
    expect(read?.receipt?.state).toBe("read");
    const rows = (await draw(state([own], { outgoing: [unsent] }))) as MessageRow[];
    expect(rows.slice(1).map((row) => row.receipt?.state)).toEqual([undefined, "waiting"]);
  });

  it("draws a message once, under one key, before and after the server has it", async () => {
    const own = message(1, { type: "visitor", client_id: "c9" });
    const rows = await draw(state([own], { outgoing: [unsent] }));
    expect(rows.map((row) => row.key).filter((key) => key === "c9")).toHaveLength(1);
  });

  it("begins with the proactive message until the server tells it", async () => {
    const answer = { id: "t1", message: "Shall I put one aside?", author: "Maya" };
    const own = message(1, { type: "visitor" });
    expect((await draw(state([own], { answer })))[1]?.key).toBe("t:t1");
    const told = message(2, { body: answer.message });
    expect((await draw(state([own, told], { answer }))).some((row) => row.key === "t:t1")).toBe(
      false,
    );
  });

  it("tells the visitor what the team did in the visitor's words, and not what is the team's own", async () => {
    const line = (number: number, kind: string) =>
      message(number, { type: "system", body: "raw", event: { kind, operator: "Maya" } });
    const rows = await draw(
      state([line(1, "assigned"), line(2, "woken"), line(3, "something_new")]),
    );
    expect(rows.slice(1).map((row) => (row.kind === "line" ? row.text : ""))).toEqual([
      expect.stringContaining("Maya joined"),
      "raw",
    ]);
  });
});

describe("what comes first", () => {
  const site = { ...blankSite("pk_1"), pre_chat: { fields: [], consent: null } };
  const visitor = { id: "vis_1", name: null, email: null, is_verified: true };

  it.each([
    [{ site }, "pre_chat"],
    [{ site, visitor }, "talk"],
    [{ site: { ...site, is_open: false } }, "offline"],
    [{ site, outgoing: [unsent] }, "talk"],
    [{ site, phase: "loading" }, "loading"],
    [{ site, phase: "refused" }, "failed"],
    [{}, "talk"],
  ] as [Partial<ChatState>, string][])("case %#: %s", (more, face) => {
    expect(faceOf(state([], more))).toBe(face);
  });
});
