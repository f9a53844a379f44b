import { describe, expect, it } from "vitest";
import { accentFor, contrast, CONTRAST_MIN, parseHex, type Rgb } from "./contrast.ts";

const rgb = (hex: string) => parseHex(hex) as Rgb;
const GROUNDS = { light: ["#ffffff", "#f0ede6"], dark: ["#1d1c19", "#2a2723"] } as const;

describe("accent", () => {
  const wanted = [
    "#0d6b5e",
    "#ffee00",
    "#ff69b4",
    "#000000",
    "#ffffff",
    "#777777",
    "#3b82f6",
    "bad",
  ];

  it.each(wanted)("%s is readable everywhere", (accent) => {
    for (const scheme of ["light", "dark"] as const) {
      const made = accentFor(accent, scheme);
      for (const ground of [...GROUNDS[scheme], made.accentInk, made.accentSoft]) {
        expect(contrast(rgb(made.accent), rgb(ground))).toBeGreaterThanOrEqual(CONTRAST_MIN);
      }
    }
  });

  it("stays as it is where it is good", () => {
    expect(accentFor("#0d6b5e", "light")).toMatchObject({
      accent: "#0d6b5e",
      accentInk: "#ffffff",
    });
  });
});

describe("colours", () => {
  it("are read in both lengths", () => {
    expect([parseHex("#fff"), parseHex("0d6b5e"), parseHex("teal")]).toEqual([
      [255, 255, 255],
      [13, 107, 94],
      undefined,
    ]);
  });

  it("have the contrast that WCAG counts", () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
    expect(contrast(rgb("#777777"), rgb("#ffffff"))).toBeCloseTo(4.48, 2);
  });
});
