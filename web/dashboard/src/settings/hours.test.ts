import { describe, expect, it } from "vitest";
import { another, hoursOf, isOvernight, usual, weekOf, wrongIn } from "./hours.ts";
import { flat, patchOf, type Site } from "./site.ts";

const HOURS = {
  timezone: "Europe/Lisbon",
  days: {
    mon: [
      ["09:00", "12:30"],
      ["14:00", "24:00"],
    ],
    fri: [["22:00", "02:00"]],
  },
  holidays: [
    { date: "2026-12-25", text: "Closed for Christmas", times: [] },
    { date: "2026-12-24", text: null, times: [["09:00", "12:00"]] },
  ],
};

describe("the hours of a site", () => {
  it("come back as they were, in order", () => {
    const { holidays, ...rest } = hoursOf(weekOf(HOURS));
    expect(rest).toEqual({ timezone: HOURS.timezone, days: HOURS.days });
    expect(holidays).toEqual(HOURS.holidays.toReversed());
  });

  it("may go past midnight", () => {
    expect(isOvernight({ from: "22:00", to: "02:00" })).toBe(true);
    expect(isOvernight({ from: "09:00", to: "17:00" })).toBe(false);
  });

  it("begin with a usual week, and go on where the last shift ended", () => {
    const week = usual("UTC");
    expect(Object.keys(hoursOf(week).days)).toEqual(["mon", "tue", "wed", "thu", "fri"]);
    expect(another([{ from: "09:00", to: "12:00" }])).toEqual({ from: "12:00", to: "18:00" });
  });

  it("say what is missing", () => {
    const week = usual("UTC");
    expect(wrongIn(week)).toBeUndefined();
    const twice = { date: "2026-12-25", text: "", shifts: [] };
    expect(wrongIn({ ...week, holidays: [twice, twice] })).toContain("twice");
    expect(wrongIn({ ...week, days: { mon: [{ from: "09:00", to: "" }] } })).toContain("end");
    expect(wrongIn({ ...week, holidays: [{ ...twice, date: "" }] })).toContain("date");
  });
});

describe("what visitors agree to", () => {
  const site = {
    name: "Shop",
    theme: {},
    texts: {},
    pre_chat: { fields: [{ name: "email" }], consent: null },
    offline: null,
  } as unknown as Site;

  it("goes with the questions, and leaves them as they are", () => {
    const changed = { consent_text: "I agree.", consent_version: "2" };
    const patch = patchOf(changed, { ...flat(site), ...changed }, site);
    expect(patch["pre_chat"]).toEqual({
      fields: [{ name: "email" }],
      consent: { text: "I agree.", version: "2", is_required: false },
    });
    expect(patch).not.toHaveProperty("offline");
  });

  it("is gone when its words are", () => {
    const consent = { text: "I agree.", version: "1", is_required: true };
    const before = { ...site, pre_chat: { fields: [], consent } } as Site;
    expect(flat(before)["consent_text"]).toBe("I agree.");
    const changed = { consent_text: "" };
    expect(patchOf(changed, { ...flat(before), ...changed }, before)["pre_chat"]).toBeNull();
  });
});
