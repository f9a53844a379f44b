// The lines of the conversation, as data: what stands where, and when a line has to be drawn anew.
import type { Words } from "../locale/index.ts";
import type { Outgoing } from "../model/outbox.ts";
import type { ChatState } from "../model/state.ts";
import type { Attachment, Message, Person } from "../model/wire.ts";
import { plainName } from "../text/name.ts";
import { clock, dayName, startOfDay } from "./times.ts";

export type Receipt = "waiting" | "sent" | "delivered" | "read" | "failed";

export interface MessageRow {
  kind: "message";
  key: string;
  side: "me" | "operator" | "bot";
  author: Person | null;
  /** The first of a run shows who speaks. */
  isFirst: boolean;
  body: string;
  attachments: Attachment[];
  time: string;
  isDeleted: boolean;
  isEdited: boolean;
  receipt?: { state: Receipt; time: string };
}

export interface LineRow {
  kind: "line";
  key: string;
  text: string;
}

export type Row = MessageRow | LineRow;

/** A pause after which the speaker is named again. */
const RUN_MS = 5 * 60_000;

export function rowsOf(state: ChatState, words: Words, now: Date): Row[] {
  const rows: Row[] = [];
  const messages = state.isBeginning ? [] : (state.thread?.messages ?? []);
  let previous: Message | undefined;
  const lastOwn = messages.findLast((message) => message.type === "visitor");
  const { answer } = state;
  // It begins the conversation, below the first day, until the server tells it as a message.
  const isUntold = answer && !messages.some((message) => message.body === answer.message);
  const unsent = state.outgoing.filter((item) => !state.thread?.has(item.clientId));
  for (const message of messages) {
    const at = new Date(message.created_at);
    if (!previous || startOfDay(new Date(previous.created_at)) !== startOfDay(at)) {
      rows.push({
        kind: "line",
        key: `d:${String(startOfDay(at))}`,
        text: dayName(words, at, now),
      });
      previous = undefined;
    }
    if (message.type === "system") {
      const text = systemText(message, words);
      if (text) rows.push({ kind: "line", key: message.id, text });
      previous = message;
      continue;
    }
    const row = messageRow(message, previous, words);
    if (message === lastOwn && unsent.length === 0) row.receipt = receiptOf(message, words);
    rows.push(row);
    previous = message;
  }
  if (isUntold) rows.splice(messages.length > 0 ? 1 : 0, 0, proactiveRow(answer, words, now));
  unsent.forEach((item, at) => rows.push(unsentRow(item, at === unsent.length - 1, words)));
  return rows;
}

function messageRow(message: Message, previous: Message | undefined, words: Words): MessageRow {
  const side = message.type === "visitor" ? "me" : message.type === "bot" ? "bot" : "operator";
  return {
    kind: "message",
    key: message.client_id ?? message.id,
    side,
    author: message.author,
    isFirst: !isSameRun(previous, message),
    body: message.body,
    attachments: message.attachments,
    time: clock(words, message.created_at),
    isDeleted: message.deleted_at !== null,
    isEdited: message.edited_at !== null,
  };
}

function isSameRun(previous: Message | undefined, message: Message): boolean {
  return (
    previous?.type === message.type &&
    previous.author?.name === message.author?.name &&
    Date.parse(message.created_at) - Date.parse(previous.created_at) < RUN_MS
  );
}

function receiptOf(message: Message, words: Words): { state: Receipt; time: string } {
  if (message.read_at) return { state: "read", time: clock(words, message.read_at) };
  return { state: message.delivered_at ? "delivered" : "sent", time: "" };
}

function unsentRow(item: Outgoing, isLast: boolean, words: Words): MessageRow {
  const hasFailed = item.failure !== undefined;
  return {
    kind: "message",
    key: item.clientId,
    side: "me",
    author: null,
    isFirst: false,
    body: item.body,
    attachments: item.attachments,
    time: clock(words, item.at),
    isDeleted: false,
    isEdited: false,
    ...((isLast || hasFailed) && {
      receipt: { state: hasFailed ? ("failed" as const) : ("waiting" as const), time: "" },
    }),
  };
}

function proactiveRow(
  answer: NonNullable<ChatState["answer"]>,
  words: Words,
  now: Date,
): MessageRow {
  return {
    kind: "message",
    key: `t:${answer.id}`,
    side: "operator",
    author: { name: answer.author, avatar_url: null },
    isFirst: true,
    body: answer.message,
    attachments: [],
    time: clock(words, now),
    isDeleted: false,
    isEdited: false,
  };
}

/** What a system message tells, in the visitor's language; the server's words where the kind is new. */
function systemText(message: Message, words: Words): string {
  const name = plainName(message.event?.operator ?? message.author?.name ?? "");
  switch (message.event?.kind) {
    case "assigned":
    case "joined":
      return name ? `${words.say("joined", { name })} · ${clock(words, message.created_at)}` : "";
    case "closed":
      return words.say("ended");
    case "reopened":
      return words.say("reopened");
    case "unassigned":
    case "woken":
    case "consented":
      return ""; // the team's own affairs
    default:
      return message.body;
  }
}
