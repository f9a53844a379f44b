import { describe, expect, it } from "vitest";
import type { Conversation } from "../api/client.ts";
import { isQuiet, read, USUAL } from "./choices.ts";
import { happeningOf, occasionOf } from "./occasion.ts";

const LIN = { id: "op_1", name: "Lin" };
const event = (type: string, data: Record<string, unknown>) =>
  ({ type, data }) as unknown as Parameters<typeof happeningOf>[0];
const conversation = (known: Partial<Conversation>) =>
  ({ status: "open", is_spam: false, assigned_to: null, ...known }) as Conversation;

describe("quiet hours", () => {
  const at = (time: string, day = "2026-11-23") => new Date(`${day}T${time}:00`);
  const night = { ...USUAL, quiet: { from: "22:00", to: "07:00" } };

  it.each([
    ["21:59", false],
    ["22:00", true],
    ["00:00", true],
    ["06:59", true],
    ["07:00", false],
  ])("past midnight, at %s: %s", (time, quiet) => {
    expect(isQuiet(night, at(time))).toBe(quiet);
  });

  it("hold within a day, at weekends, and not where they are no hours", () => {
    expect(isQuiet({ ...USUAL, quiet: { from: "12:00", to: "13:00" } }, at("12:30"))).toBe(true);
    expect(isQuiet({ ...USUAL, quiet: { from: "12:00", to: "13:00" } }, at("13:00"))).toBe(false);
    expect(isQuiet({ ...USUAL, quiet: { from: "12:00", to: "12:00" } }, at("12:00"))).toBe(false);
    expect(isQuiet({ ...USUAL, quiet: { from: "25:00", to: "" } }, at("12:00"))).toBe(false);
    const weekends = { ...USUAL, isQuietAtWeekends: true };
    expect(isQuiet(weekends, at("12:00", "2026-11-22"))).toBe(true);
    expect(isQuiet(weekends, at("12:00"))).toBe(false);
  });
});

describe("choices", () => {
  it("are as usual where nothing, or nothing that can be read, is kept", () => {
    expect(read(null)).toEqual(USUAL);
    expect(read("{")).toEqual(USUAL);
    expect(read(`{"volume": 9, "ways": {"message": ["sound", "smoke"]}}`)).toEqual({
      ...USUAL,
      volume: 1,
      ways: { ...USUAL.ways, message: ["sound"] },
    });
  });
});

describe("an event", () => {
  it("is news if a visitor wrote, if it was given to me, if a note names me", () => {
    const said = { conversation_id: "conv_1", type: "visitor" };
    expect(happeningOf(event("message.created", said), LIN)?.occasion).toBe("message");
    expect(happeningOf(event("message.created", { ...said, type: "bot" }), LIN)).toBeUndefined();
    const given = { id: "conv_1", assigned_to: "op_1" };
    expect(happeningOf(event("conversation.assigned", given), LIN)?.occasion).toBe("assigned");
    expect(
      happeningOf(event("conversation.assigned", { ...given, assigned_to: "op_2" }), LIN),
    ).toBeUndefined();
    const note = { conversation_id: "conv_1", body: "@Lin look", operator: { id: "op_2" } };
    expect(happeningOf(event("note.created", note), LIN)?.occasion).toBe("mention");
    expect(
      happeningOf(event("note.created", { ...note, operator: { id: "op_1" } }), LIN),
    ).toBeUndefined();
  });

  it("is what the conversation makes of it", () => {
    const said = { occasion: "message", conversation: "conv_1" } as const;
    expect(occasionOf(said, conversation({}), LIN)).toBe("unassigned");
    expect(occasionOf(said, conversation({ assigned_to: "op_1" }), LIN)).toBe("message");
    expect(occasionOf(said, conversation({ assigned_to: "op_2" }), LIN)).toBeUndefined();
    expect(occasionOf(said, conversation({ is_spam: true }), LIN)).toBeUndefined();
    expect(occasionOf(said, conversation({ status: "closed" }), LIN)).toBeUndefined();
  });
});
