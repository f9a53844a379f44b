import { describe, expect, it } from "vitest";
import { day, hue, initials, when } from "./face.ts";
import { matches } from "./fuzzy.ts";

describe("what is typed into the palette", () => {
  it("finds words by their beginnings, letters in order, and letters without their marks", () => {
    expect(matches("Assign to …", "as")).toBe(true);
    expect(matches("Switch between light and dark", "li da")).toBe(true);
    expect(matches("Write a note", "wrno")).toBe(true);
    expect(matches("Élodie Nuñez", "elodie nun")).toBe(true);
    expect(matches("Close", "snooze")).toBe(false);
    expect(matches("Close", "  ")).toBe(true);
  });
});

describe("faces", () => {
  it("have the first letters of the first and the last name, whatever the script", () => {
    expect(initials("Elena Marchetti")).toBe("EM");
    expect(initials("Ada King Lovelace")).toBe("AL");
    expect(initials("Cher")).toBe("C");
    expect(initials("👩‍🚀 Ω")).toBe("👩Ω");
    expect(initials("")).toBe("");
    expect(hue("Elena")).toBe(hue("Elena"));
  });
});

describe("times", () => {
  it("are shorter the nearer they are", () => {
    const now = new Date(2026, 1, 11, 15, 0).getTime();
    expect(when(new Date(2026, 1, 11, 9, 5).toISOString(), now)).toMatch(/9:05|09:05/);
    expect(when(new Date(2026, 1, 9, 9, 5).toISOString(), now)).toMatch(/Mon/);
    expect(when(new Date(2025, 10, 2).toISOString(), now)).toMatch(/2/);
    expect(when(null, now)).toBe("");
    expect(day(new Date(2026, 1, 10, 23, 0).toISOString(), now)).toBe("Yesterday");
  });
});
