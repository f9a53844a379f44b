import { describe, expect, it } from "vitest";
import { cell, file, lines } from "./csv.ts";

describe("a cell", () => {
  it("is never a formula", () => {
    expect(cell("=1+1")).toBe("'=1+1");
    expect(cell("+49 30 1")).toBe("'+49 30 1");
    expect(cell("-2")).toBe("'-2");
    expect(cell("@SUM(A1)")).toBe("'@SUM(A1)");
    expect(cell("\t=1")).toBe("'\t=1");
    expect(cell("\r=1")).toBe('"\'\r=1"');
    expect(cell('=HYPERLINK("x","y")')).toBe('"\'=HYPERLINK(""x"",""y"")"');
    expect(cell("1=1")).toBe("1=1");
  });

  it("is none after blanks or in wide signs either", () => {
    for (const sign of ["=", "+", "-", "@", "＝", "＋", "－", "＠"]) {
      for (const before of ["", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u0000"]) {
        expect(cell(`${before}${sign}1`)).toBe(`'${before}${sign}1`);
      }
    }
    expect(cell("\n1")).toBe('"\'\n1"');
    expect(cell(" a=1")).toBe(" a=1");
    expect(cell("–1")).toBe("–1");
  });

  it("stays one cell, whatever is in it", () => {
    expect(cell("a,b")).toBe('"a,b"');
    expect(cell('say "hi"')).toBe('"say ""hi"""');
    expect(cell("two\nlines")).toBe('"two\nlines"');
    expect(cell("")).toBe("");
    expect(cell("Ωmega")).toBe("Ωmega");
  });
});

describe("a file", () => {
  it("ends every line, the last one too", () => {
    expect(lines([["a", "b"], ["c"]])).toBe("a,b\r\nc\r\n");
  });

  it("begins with the mark that says it is UTF-8", async () => {
    const bytes = new Uint8Array(await file(["Name"], [["Élodie"]]).arrayBuffer());
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toBe("Name\r\nÉlodie\r\n");
  });
});
