import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { LOCALES, loadWords, pickLocale } from "./index.ts";

describe("languages", () => {
  it.each([
    [["de-AT"], "de"],
    [["pt-PT"], "pt-BR"],
    [["", null, "xx", "ja-JP"], "ja"],
    [["AR_eg"], "ar"],
    [["xx"], "en"],
  ])("%j is %s", (wishes, locale) => {
    expect(pickLocale(wishes)).toBe(locale);
  });

  it.each(LOCALES)("%s says everything, with the same places to fill", async (locale) => {
    const { texts } = await loadWords(locale);
    const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [key, text] of Object.entries(en)) {
      const own = (texts as Record<string, unknown>)[key];
      if (typeof text === "string") expect(places(own as string), key).toEqual(places(text));
      else expect(own, key).toBeTruthy();
    }
    expect(texts.scores).toHaveLength(en.scores.length);
  });

  it.each([
    ["en", 1, "1 unread message"],
    ["en", 5, "5 unread messages"],
    ["pl", 3, "3 nieprzeczytane wiadomości"],
    ["pl", 5, "5 nieprzeczytanych wiadomości"],
    ["ar", 2, "رسالتان غير مقروءتين"],
  ] as const)("%s counts %s", async (locale, count, said) => {
    expect((await loadWords(locale)).unread(count)).toBe(said);
  });
});
