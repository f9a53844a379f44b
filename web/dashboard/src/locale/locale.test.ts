// @vitest-environment node
import { describe, expect, it } from "vitest";
import { formsOf, texts } from "../../scripts/texts.mjs";
import { CATALOGUES, directionOf, languageOf, wanted } from "./languages.ts";
import { fill, pseudo } from "./words.ts";

const { found, problems } = texts();
/** Languages that say everything; of the others, what is missing is read in English. */
const WHOLE = ["ar", "es", "pl"];
const LEAST = 0.75;
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
const edges = (text: string) => [/^\s/.test(text), /\s$/.test(text)];

describe("the texts of the desk", () => {
  it("are literals, so that they can be found", () => {
    expect(problems).toEqual([]);
    expect(found.size).toBeGreaterThan(1000);
  });

  it.each(Object.entries(CATALOGUES))("are said in %s as they must be", async (language, load) => {
    const catalogue = (await load()).default;
    expect(
      Object.keys(catalogue).filter((text) => !found.has(text)),
      "stale",
    ).toEqual([]);
    const known = [...found].filter(([text]) => text in catalogue);
    const least = WHOLE.includes(language) ? 1 : LEAST;
    expect(known.length / found.size, "share that is said").toBeGreaterThanOrEqual(least);
    for (const [english, { isCounted }] of known) {
      const said = catalogue[english] ?? "";
      if (typeof said === "string") {
        expect(isCounted, english).toBe(false);
        expect(said.trim(), english).not.toBe("");
        expect(places(said), english).toEqual(places(english));
        expect(edges(said), english).toEqual(edges(english));
      } else {
        expect(Object.keys(said).sort(), english).toEqual(formsOf(language));
        for (const form of Object.values(said)) {
          const rest = places(english).filter((place) => place !== "{n}");
          expect(
            places(form).filter((place) => place !== "{n}"),
            english,
          ).toEqual(rest);
        }
      }
    }
  });
});

describe("the language of the desk", () => {
  const nothing = () => null;

  it.each([
    [["de-AT", "en"], "de-AT"],
    [["xx", "pl-PL"], "pl-PL"],
    [["xx"], "en"],
    [[], "en"],
  ])("is what the browser wishes: %j", (wishes, tag) => {
    expect(wanted(nothing, wishes)).toBe(tag);
  });

  it("is what was chosen, with the region that the browser has", () => {
    expect(wanted(() => "de", ["en-GB", "de-CH"])).toBe("de-CH");
    expect(wanted(() => "ja", ["en-GB"])).toBe("ja");
    expect(wanted(() => "ar-XB", ["en-GB"])).toBe("ar-XB");
    expect(wanted(() => "klingon", ["en-GB"])).toBe("en-GB");
  });

  it("stays the browser's where the choice cannot be read", () => {
    const broken = () => {
      throw new Error("blocked");
    };
    expect(wanted(broken, ["fr"])).toBe("fr");
  });

  it("knows its own, and which side it begins on", () => {
    expect(languageOf("de_AT")).toBe("de");
    expect(languageOf("tlh")).toBeUndefined();
    expect([directionOf("ar-EG"), directionOf("ar-XB"), directionOf("en")]).toEqual([
      "rtl",
      "rtl",
      "ltr",
    ]);
  });
});

describe("a text", () => {
  it("is filled, and says so where nothing was given", () => {
    expect(fill("{a} of {b}, {c}", { a: 1, b: null })).toBe("1 of , {c}");
    expect(fill("{{contact.first_name|there}}", {})).toBe("{{contact.first_name|there}}");
  });

  it("is longer and in brackets where nobody speaks the language", () => {
    expect(pseudo("Close {name}")).toBe("⟦Çlöšé {name}~~~~~⟧");
  });
});
