import { describe, expect, it } from "vitest";
import { parsed, spelled } from "./attribute.ts";

describe("a value of an attribute", () => {
  it("keeps its type when nobody touched it", () => {
    for (const value of [
      "pro",
      "7",
      7,
      true,
      "true",
      "",
      "null",
      ["a", 1],
      { a: 1 },
      '"x"',
      " x",
    ]) {
      expect(parsed(spelled(value))).toEqual(value);
    }
  });

  it("is a number, a flag or a text by how it is typed", () => {
    expect(parsed("7")).toBe(7);
    expect(parsed('"7"')).toBe("7");
    expect(parsed("true")).toBe(true);
    expect(parsed("Hello there")).toBe("Hello there");
    expect(parsed("null")).toBe("null");
  });
});
