import { describe, expect, it } from "vitest";
import { countries, originsOf, zones } from "./places.ts";

describe("where a site is", () => {
  it.each([
    ["shop.example", ["https://shop.example", "https://www.shop.example"]],
    ["www.shop.example/a?b", ["https://shop.example", "https://www.shop.example"]],
    ["https://help.shop.example", ["https://help.shop.example"]],
    ["http://localhost:3000/", ["http://localhost:3000"]],
    ["http://127.0.0.1:8080", ["http://127.0.0.1:8080"]],
    ["  ", []],
  ])("reads %s", (typed, origins) => {
    expect(originsOf(typed)).toEqual(origins);
  });

  it("refuses what is no address", () => {
    for (const typed of ["two words", "two%20words", "https://"]) {
      expect(() => originsOf(typed)).toThrow();
    }
  });
});

describe("where one is", () => {
  it("has every country once, by name, and none of the past", () => {
    const all = countries("en");
    const codes = all.map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.length).toBeGreaterThan(230);
    expect(all.find(([code]) => code === "PT")?.[1]).toBe("Portugal");
    for (const no of ["SU", "DD", "ZZ", "EU"]) expect(codes).not.toContain(no);
  });

  it("knows time zones", () => {
    expect(zones()).toContain("Europe/Lisbon");
    expect(zones()).toContain("UTC");
  });
});
