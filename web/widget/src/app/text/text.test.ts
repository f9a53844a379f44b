import { describe, expect, it } from "vitest";
import { linkify, safeHref } from "./linkify.ts";
import { initial, plainName } from "./name.ts";
import { editDistance, emailProblem, suggestEmail } from "./typo.ts";

describe("linkify", () => {
  const links = (text: string) =>
    linkify(text).flatMap((piece) => (piece.kind === "link" ? [piece.text] : []));

  it.each([
    ["see https://a.example/x.", ["https://a.example/x"]],
    ["(https://a.example/x_(y))", ["https://a.example/x_(y)"]],
    ["https://a.example, http://b.example!", ["https://a.example", "http://b.example"]],
    ["write mailto:ana@example.com?", ["mailto:ana@example.com"]],
    ["javascript:alert(1) data:text/html,x ftp://a.example", []],
    ["mailto:nobody https:// a", []],
    ["no link at all", []],
  ])("%s", (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  it("loses no letter", () => {
    const text = "a https://b.example/ü?q=1#z, <b> (http://c.example) 👋🏽";
    expect(linkify(text).map((piece) => piece.text)).toEqual([
      "a ",
      "https://b.example/ü?q=1#z",
      ", <b> (",
      "http://c.example",
      ") 👋🏽",
    ]);
  });

  it("follows three kinds of address and no other", () => {
    expect(safeHref("https://a.example")).toBe("https://a.example/");
    expect(safeHref("JavaScript:alert(1)")).toBeUndefined();
    expect(safeHref("")).toBeUndefined();
  });
});

describe("e-mail", () => {
  it.each([
    ["ana@exmaple.com", "ana@example.com"],
    ["ana@gmial.com", "ana@gmail.com"],
    ["ana@gmail.co", "ana@gmail.com"],
    ["ANA@Hotmial.com", "ANA@hotmail.com"],
    ["ana@gmail.com", undefined],
    ["ana@gmx.at", undefined],
    ["ana@pennyroot.example", undefined],
    ["@gmial.com", undefined],
    ["ana", undefined],
  ])("%s is meant as %s", (typed, meant) => {
    expect(suggestEmail(typed)).toBe(meant);
  });

  it("says what is missing", () => {
    expect(emailProblem("ana")).toBe("no_at");
    expect(emailProblem("ana@example")).toBe("no_ending");
    expect(emailProblem("ana b@example.com")).toBe("no_at");
    expect(emailProblem(" ana@example.com ")).toBeUndefined();
  });

  it("counts a swap of neighbours as one slip", () => {
    expect(editDistance("gmial", "gmail")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
  });
});

describe("names", () => {
  it("cannot turn the words around them", () => {
    expect(plainName("Ana\u202Etxt.exe\u2066")).toBe("Anatxt.exe");
    expect(plainName(" \u200B ")).toBe("");
  });

  it("have a first sign that is whole", () => {
    expect(initial("👩🏽‍💻 dev")).toBe("👩🏽‍💻");
    expect(initial("éa")).toBe("É");
    expect(initial("")).toBe("");
  });
});
