import { expect, test } from "vitest";
import { excerpt, pieces } from "./marks.ts";

const found = (text: string, query: string) =>
  pieces(text, query)
    .filter(({ isFound }) => isFound)
    .map((piece) => piece.text);

test("words are found whatever their capitals, and by their beginning", () => {
  expect(found("The Kiln is hot, kilns are.", "kiln")).toEqual(["Kiln", "kilns"]);
  expect(found("ÜBER alles", "über")).toEqual(["ÜBER"]);
  expect(found("a+b (c)", "c) [")).toEqual([]);
  expect(found("nothing", "")).toEqual([]);
});

test("pieces make up the text again", () => {
  const text = "<b>One</b> two  three";
  expect(
    pieces(text, "two one")
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

test("a long text is shown from where it was found", () => {
  const text = `${"word ".repeat(40)}needle here`;
  const [first, second] = excerpt(text, "needle");
  expect(first?.text.startsWith("… ")).toBe(true);
  expect(second).toEqual({ text: "needle", isFound: true });
});
