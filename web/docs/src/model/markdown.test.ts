import { describe, expect, it } from "vitest";
import { parseInline, parseMarkdown, plainText, safeHref, sections } from "./markdown.ts";

describe("markdown", () => {
  it("reads headings, paragraphs, code and rules", () => {
    const kinds = parseMarkdown("# A\n\ntext\nmore\n\n```sh\n# not a heading\n```\n\n---").map(
      (block) => block.kind,
    );
    expect(kinds).toEqual(["heading", "paragraph", "code", "rule"]);
  });

  it("reads lists in lists", () => {
    const [list] = parseMarkdown("1. one\n   - inner\n   - more\n2. two");
    expect(list).toMatchObject({ kind: "list", isOrdered: true });
    if (list?.kind !== "list") throw new Error("no list");
    expect(list.items).toHaveLength(2);
    expect(list.items[0]?.[1]).toMatchObject({ kind: "list", isOrdered: false });
  });

  it("reads tables, with bars in code and escaped", () => {
    const [table] = parseMarkdown("| a | b |\n|---|:-:|\n| `x|y` | p \\| q |\n| only |\n");
    if (table?.kind !== "table") throw new Error("no table");
    expect(table.rows[0]?.map(plainText)).toEqual(["x|y", "p | q"]);
    expect(table.rows[1]?.map(plainText)).toEqual(["only", ""]);
  });

  it("reads inline marks and leaves snake_case alone", () => {
    expect(parseInline("a **b** `c*d*` snake_case_name")).toEqual([
      { kind: "text", text: "a " },
      { kind: "strong", inside: [{ kind: "text", text: "b" }] },
      { kind: "text", text: " " },
      { kind: "code", text: "c*d*" },
      { kind: "text", text: " snake_case_name" },
    ]);
  });

  it("makes links only of addresses that cannot run", () => {
    expect(parseInline("[x](javascript:alert(1))").some((one) => one.kind === "link")).toBe(false);
    expect(safeHref("JaVaScRiPt:alert(1)")).toBeUndefined();
    expect(safeHref("data:text/html,x")).toBeUndefined();
    expect(safeHref("//elsewhere.example.com")).toBeUndefined();
    expect(safeHref("#errors")).toBe("#errors");
    expect(safeHref("/openapi.json")).toBe("/openapi.json");
    expect(safeHref("https://example.com")).toBe("https://example.com");
  });

  it("leaves tags as text", () => {
    expect(parseInline("<img src=x onerror=alert(1)>")).toEqual([
      { kind: "text", text: "<img src=x onerror=alert(1)>" },
    ]);
  });

  it("cuts a text at its highest headings", () => {
    const { lead, chapters } = sections(parseMarkdown("hello\n\n## A\n\na\n\n### A1\n\n## B"));
    expect(lead).toHaveLength(1);
    expect(chapters.map((chapter) => chapter.title)).toEqual(["A", "B"]);
    expect(chapters[0]?.blocks).toHaveLength(2);
  });

  it("ends on text that closes nothing", () => {
    for (const text of ["```", "- ", ">", "|", "| a |\n|---|", "**", "[", "`", "   - x\n- y", ""]) {
      expect(() => parseMarkdown(text)).not.toThrow();
    }
  });
});
