import { expect, test } from "vitest";
import { barTitle, facesOf, figure, said, span } from "./measures.ts";

test("an average of nothing is no figure", () => {
  expect(figure("duration", { count: 0, sum: 0 })).toBeNull();
  expect(said("duration", null)).toBe("–");
  expect(figure("count", { count: 0, sum: 0 })).toBe(0);
  expect(said("score", figure("score", { count: 3, sum: 14 }))).toMatch(/^4[.,]67$/);
});

test("times are said in two units at most", () => {
  expect([42, 60, 200, 3600, 7500, 100_800, 86_400].map(span)).toEqual([
    "42 s",
    "1 min",
    "3 min 20 s",
    "1 h",
    "2 h 5 min",
    "1 d 4 h",
    "1 d",
  ]);
});

test("a bar is named by the clock of the report, not by the reader's", () => {
  expect(barTitle("2026-03-29T23:00:00+13:00", "hour")).toMatch(/29.*23:00|23:00.*29/);
});

test("rows behind a bar begin with it and end before the next", () => {
  const [face] = facesOf("volume");
  expect(face?.rows?.("2026-01-01T00:00:00+01:00", "2026-01-02T00:00:00+01:00")).toEqual({
    created_after: "2025-12-31T22:59:59Z",
    created_before: "2026-01-02T00:00:00+01:00",
  });
});
