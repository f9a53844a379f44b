import { describe, expect, it } from "vitest";
import { Thread } from "./thread.ts";
import type { Message } from "./wire.ts";

function message(number: number, more: Partial<Message> = {}): Message {
  return {
    id: `msg_${String(number)}`,
    conversation_id: "conv_1",
    number,
    client_id: null,
    type: "visitor",
    body: String(number),
    author: null,
    attachments: [],
    event: null,
    created_at: "2026-02-11T10:00:00Z",
    delivered_at: null,
    read_at: null,
    edited_at: null,
    deleted_at: null,
    ...more,
  };
}

const numbers = (thread: Thread) => thread.messages.map((one) => one.number);

describe("thread", () => {
  it("is in the order of numbers, whatever the clocks say", () => {
    const thread = new Thread("conv_1");
    thread.merge([message(3, { created_at: "2020-01-01T00:00:00Z" }), message(1), message(2)]);
    expect(numbers(thread)).toEqual([1, 2, 3]);
  });

  it("holds each message once, with its newest words", () => {
    const thread = new Thread("conv_1");
    thread.merge([message(1), message(2)]);
    const added = thread.merge([message(2, { body: "edited" }), message(3)]);
    expect(added.map((one) => one.number)).toEqual([3]);
    expect(thread.messages.map((one) => one.body)).toEqual(["1", "edited", "3"]);
  });

  it("takes nothing from another conversation", () => {
    const thread = new Thread("conv_1");
    thread.merge([message(1, { conversation_id: "conv_2" })]);
    expect(numbers(thread)).toEqual([]);
  });

  it("finds the first hole", () => {
    const thread = new Thread("conv_1");
    thread.merge([message(4), message(5)]);
    expect(thread.hole()).toBeUndefined();
    thread.merge([message(9), message(7)]);
    expect(thread.hole()).toBe(5);
  });

  it("marks own messages read up to a number, and keeps a tick that an old copy lacks", () => {
    const thread = new Thread("conv_1");
    thread.merge([message(1), message(2, { type: "operator" }), message(3), message(4)]);
    thread.markRead(3, "2026-02-11T10:05:00Z");
    thread.merge([message(3)]);
    expect(thread.messages.map((one) => one.read_at !== null)).toEqual([true, false, true, false]);
  });

  it("knows what it holds by the id the client gave", () => {
    const thread = new Thread("conv_1");
    thread.merge([message(1, { client_id: "abc" })]);
    expect([thread.has("abc"), thread.has("axc")]).toEqual([true, false]);
  });
});
