import { describe, expect, it } from "vitest";
import { curlOf, figures, steps, until } from "./delivery.ts";
import { authOf, bySubject, EVENTS, type Delivery } from "./hooks.ts";
import { answers, changes, valuesOf, type FormField } from "./part/form.ts";
import { triggerOf, whenOf } from "./triggers.ts";

const FIELDS: readonly FormField[] = [
  { name: "name", label: "Name", as: "text", isRequired: true },
  { name: "note", label: "Note", as: "area", isNullable: true },
  { name: "count", label: "Count", as: "number", min: 0, max: 9, initial: 0 },
  { name: "addresses", label: "Addresses", as: "lines" },
  { name: "is_on", label: "On", as: "flag" },
  { name: "secret", label: "Secret", as: "text", isAsked: ({ is_on: isOn }) => Boolean(isOn) },
];

describe("a form", () => {
  it("sends what was answered, and nothing that was not asked", () => {
    const values = { ...valuesOf(FIELDS), name: " Ada ", count: "3", secret: "x" };
    expect(answers(FIELDS, values)).toEqual({ name: "Ada", count: 3, addresses: [], is_on: false });
  });

  it("sends what was changed alone, and null for what was emptied", () => {
    const record = { name: "Ada", note: "Hello", count: 2, addresses: ["a"], is_on: true };
    const values = valuesOf(FIELDS, record);
    expect(changes(FIELDS, values, record)).toEqual({});
    const typed = { ...values, note: "", count: "2", addresses: ["a", " b ", ""] };
    expect(changes(FIELDS, typed, record)).toEqual({ note: null, addresses: ["a", "b"] });
    expect(changes(FIELDS, { ...values, name: "" }, record)).toEqual({ name: "" });
  });
});

function delivery(more: Partial<Delivery>): Delivery {
  const attempt = { at: "2026-01-01T00:00:00Z", duration_ms: 20, response_headers: [] };
  const attempts = [{ ...attempt, number: 1, response_status: 500 }];
  const known = { id: "dlv_1", event: "contact.created", event_id: "evt_1", seq: 7, attempts };
  return { ...known, payload: { name: "D'Arc" }, status: "retrying", ...more } as Delivery;
}

describe("a delivery", () => {
  it("shows which step it is at", () => {
    const states = steps(delivery({}), false).map(({ state }) => state);
    expect(states).toEqual(["bad", "now", "ahead", "ahead", "ahead", "ahead"]);
    expect(steps(delivery({ status: "failed" }), true)).toHaveLength(12);
  });

  it("is told as a command that a shell reads the same", () => {
    const text = curlOf(delivery({}), "https://example.com/hook");
    expect(text).toContain(`'{"name":"D'\\''Arc"}'`);
    expect(text).toContain("-H 'webhook-timestamp: 1767225600'");
  });

  it("says how long until it is tried again", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(until("2026-01-01T00:01:32Z", now)).toBe("in 1 min 32 s");
    expect(until("2026-01-01T00:00:09Z", now)).toBe("in 9 s");
    expect(until("2025-12-31T23:59:59Z", now)).toBe("now");
  });

  it("is counted once it is over", () => {
    const rows = [delivery({ status: "delivered" }), delivery({ status: "failed" }), delivery({})];
    expect(figures(rows)).toEqual({ arrived: "50 %", latency: "20", retrying: 1, failed: 1 });
    expect(figures([]).arrived).toBe("–");
  });
});

describe("what a webhook is set up with", () => {
  it("has each event under one subject", () => {
    for (const events of Object.values(EVENTS)) {
      expect(bySubject(events).flatMap(([, some]) => some)).toHaveLength(events.length);
    }
  });

  it("says how to be let in only if that is said", () => {
    expect(authOf({ auth_type: "" })).toEqual({});
    expect(authOf({ auth_type: "bearer", token: "t", username: "u" })).toEqual({
      auth: { type: "bearer", token: "t" },
    });
  });
});

describe("what a widget says by itself", () => {
  it("keeps what was not changed", () => {
    const made = triggerOf({ id: "t1", message: "Hi", seconds: 5 }, { url_contains: "/a" });
    expect(made.when.seconds).toBe(5);
    expect(whenOf(made)).toBe("after 5 s, on /a");
    expect(whenOf(triggerOf({}, { message: "Hi" }))).toBe("at once");
  });
});
