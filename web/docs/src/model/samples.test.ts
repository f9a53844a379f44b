import { describe, expect, it } from "vitest";
import nasty from "../fixtures/nasty.json" with { type: "json" };
import type { Document } from "./openapi.ts";
import { Anchors, arrange } from "./reference.ts";
import { buildRequest, emptyTyped, missingParameters, type Request } from "./request.ts";
import { curl, pythonLiteral, sample, shellQuote } from "./samples.ts";

const doc = nasty as unknown as Document;
const reference = arrange(doc, new Anchors());
const operation = (anchor: string) => {
  const found = reference.groups
    .flatMap((group) => group.operations)
    .find((one) => one.anchor === anchor);
  if (!found) throw new Error(`no ${anchor}`);
  return found;
};
const BASE = "https://chat.example.com";
const json = (text: string): Request => ({
  method: "POST",
  url: `${BASE}/x`,
  headers: [],
  payload: { kind: "json", text },
});

describe("requests", () => {
  it("fills in the key, or says where it goes", () => {
    const typed = { ...emptyTyped(), key: "sk_test_1" };
    const list = operation("list_contacts");
    expect(buildRequest(doc, list, typed, BASE).headers).toEqual([
      ["Authorization", "Bearer sk_test_1"],
    ]);
    expect(curl(buildRequest(doc, list, emptyTyped(), BASE))).toBe(
      `curl ${BASE}/v1/contacts \\\n  -H 'Authorization: Bearer YOUR_API_KEY'`,
    );
  });

  it("sends no key where none is asked for", () => {
    const request = buildRequest(doc, operation("list_ring_groups"), emptyTyped(), BASE);
    expect(request.headers).toEqual([]);
  });

  it("escapes what goes into the address", () => {
    const typed = emptyTyped();
    typed.parameters.set("path id", "a/b?c");
    typed.parameters.set("query after", "x&y");
    typed.parameters.set("query tag", "vip, new");
    expect(buildRequest(doc, operation("get_contact"), typed, BASE).url).toBe(
      `${BASE}/v1/contacts/a%2Fb%3Fc`,
    );
    expect(buildRequest(doc, operation("list_contacts"), typed, BASE).url).toBe(
      `${BASE}/v1/contacts?after=x%26y&tag=vip&tag=new`,
    );
  });

  it("never lets a value start another header", () => {
    const typed = emptyTyped();
    typed.parameters.set("header X-Trace", "a\r\nX-Evil: 1");
    const { headers } = buildRequest(doc, operation("list_contacts"), typed, BASE);
    expect(headers).toContainEqual(["X-Trace", "a X-Evil: 1"]);
  });

  it("says which parameters are missing", () => {
    const get = operation("get_contact");
    expect(missingParameters(get, emptyTyped()).map((one) => one.name)).toEqual(["id"]);
  });
});

describe("samples", () => {
  it("quotes for the shell", () => {
    expect(shellQuote("it's $HOME `x`")).toBe(`'it'\\''s $HOME \`x\`'`);
    expect(curl(json(`{"a":"it's"}`))).toContain(`-d '{"a":"it'\\''s"}'`);
  });

  it("names the method only where curl would guess wrong", () => {
    expect(curl(json("{}"))).toMatch(/^curl https/);
    expect(curl({ ...json("{}"), method: "PATCH" })).toMatch(/^curl -X PATCH /);
    expect(curl({ ...json("{}"), payload: { kind: "none" } })).toMatch(/^curl -X POST /);
  });

  it("keeps the bytes of a body that is not JSON", () => {
    const typed = emptyTyped();
    const rows = operation("put-v1-lists-id-rows");
    expect(curl(buildRequest(doc, rows, typed, BASE))).toContain(
      `--data-binary 'email,name\nana@example.com,Ana "it'\\''s" R\n'`,
    );
  });

  it("writes a file field as a file", () => {
    const text = curl(buildRequest(doc, operation("import_contacts"), emptyTyped(), BASE));
    expect(text).toContain("-F 'file=@file.dat'");
    expect(text).not.toContain("Content-Type");
  });

  it("writes Python's words without touching strings", () => {
    expect(pythonLiteral('{"a": true, "b": null, "c": "true null", "d": [false]}')).toBe(
      '{\n    "a": True,\n    "b": None,\n    "c": "true null",\n    "d": [False]\n}',
    );
    expect(pythonLiteral("{nope")).toBeUndefined();
  });

  it("shows a body that is not JSON as the text it is", () => {
    expect(sample("JavaScript", json("{nope"), true)).toContain('body: "{nope"');
    expect(sample("Python", json("{nope"), true)).toContain('data="{nope"');
  });

  it("is JavaScript that parses, for every operation", () => {
    for (const one of reference.groups.flatMap((group) => group.operations)) {
      const text = sample("JavaScript", buildRequest(doc, one, emptyTyped(), BASE), true);
      expect(() => new Function(`return async () => {${text}}`)).not.toThrow();
    }
  });
});
