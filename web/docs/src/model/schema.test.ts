import { describe, expect, it } from "vitest";
import nasty from "../fixtures/nasty.json" with { type: "json" };
import { exampleOf, mediaExample } from "./example.ts";
import type { Document, Schema } from "./openapi.ts";
import { flatten, limitsOf, rowsOf, typeLabel, type Inside } from "./schema.ts";

const doc = nasty as unknown as Document;
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

describe("schema to example", () => {
  it("uses examples, formats and enums", () => {
    expect(exampleOf(doc, ref("NewContact"), "request")).toEqual({
      email: "ana@example.com",
      name: "Ana Ribeiro",
      phone: "+15550123",
      tags: ["newsletter"],
      custom_attributes: { plan: "studio" },
      address: { city: "Lisbon", lines: ["string"], geo: { lat: 38.7, lon: -9.1 } },
    });
    expect(exampleOf(doc, ref("Source"), "response")).toBe("api");
  });

  it("leaves out what the other side sets", () => {
    expect(exampleOf(doc, ref("Contact"), "request")).not.toHaveProperty("id");
    expect(exampleOf(doc, ref("Contact"), "response")).toHaveProperty("id", "con_01k9m4t2r7");
    expect(exampleOf(doc, ref("RingGroup"), "response")).not.toHaveProperty("secret");
  });

  it("stops where a schema contains itself", () => {
    expect(exampleOf(doc, ref("Operator"), "response")).toEqual({ id: "op_01k9", team: [] });
    expect(exampleOf(doc, ref("Loop"), "response")).toBeDefined();
    expect(exampleOf(doc, ref("Mirror"), "response")).toEqual({ a: "string" });
  });

  it("stops at a depth when nothing repeats by name", () => {
    let deep: Schema = { type: "string" };
    for (let n = 0; n < 60; n++) deep = { type: "object", properties: { inner: deep } };
    expect(JSON.stringify(exampleOf(doc, deep, "request")).length).toBeLessThan(1000);
  });

  it("takes the first kind of a oneOf and keeps exclusive limits", () => {
    expect(exampleOf(doc, ref("Step"), "request")).toEqual({ kind: "string", minutes: 1 });
  });

  it("prefers the example of the document, also a named one", () => {
    expect(mediaExample(doc, { example: 7, schema: { type: "string" } }, "request")).toBe(7);
    expect(mediaExample(doc, { examples: { a: { value: "x" } } }, "request")).toBe("x");
  });

  it("keeps a field called __proto__ a field", () => {
    const schema = JSON.parse('{"properties":{"__proto__":{"type":"string"}}}') as Schema;
    expect(JSON.stringify(exampleOf(doc, schema, "request"))).toBe('{"__proto__":"string"}');
  });
});

describe("schema to rows", () => {
  it("merges allOf and says what is required", () => {
    const rows = rowsOf(doc, ref("Contact"))?.rows ?? [];
    expect(rows.map((row) => row.name)).toContain("email");
    expect(rows.filter((row) => row.required).map((row) => row.name)).toEqual([
      "id",
      "email",
      "created_at",
    ]);
    const source = rows.find((row) => row.name === "source");
    expect(source?.type).toBe("string or null");
    expect(source?.description).toBe("Set once.");
    expect(source?.choices).toEqual(["api", "widget", "import", "phone"]);
  });

  it("ends every path of a schema that contains itself", () => {
    expect(count(rowsOf(doc, ref("RingGroup")))).toBeLessThan(20);
    expect(count(rowsOf(doc, ref("Sequence")))).toBeLessThan(40);
    const manager = rowsOf(doc, ref("Operator"))?.rows.find((row) => row.name === "manager");
    expect(manager?.repeats).toBe("Operator");
    expect(manager?.inside).toBeUndefined();
  });

  it("names the kinds of a oneOf after their discriminator", () => {
    const steps = rowsOf(doc, ref("Sequence"))?.rows.find((row) => row.name === "steps");
    expect(steps?.inside?.().variants.map((variant) => variant.label)).toEqual([
      "wait",
      "message",
      "branch",
    ]);
  });

  it("names a reference that leads nowhere instead of failing", () => {
    expect(typeLabel(doc, ref("Nowhere"))).toContain("#/components/schemas/Nowhere");
    expect(rowsOf(doc, ref("Nowhere"))).toBeUndefined();
    expect(flatten(doc, { $ref: "https://example.com/other.json" }).missing).toBeDefined();
  });

  it("says types and limits in words", () => {
    expect(typeLabel(doc, { type: "array", items: { type: "string" } })).toBe("array of strings");
    expect(typeLabel(doc, { type: ["string", "null"], format: "email" })).toBe(
      "string, e-mail or null",
    );
    expect(typeLabel(doc, { type: "object", additionalProperties: { type: "integer" } })).toBe(
      "map of integers",
    );
    expect(limitsOf({ minimum: 0, exclusiveMinimum: true, maximum: 9, default: 3 })).toEqual([
      "at most 9",
      "more than 0",
      "default 3",
    ]);
    expect(limitsOf({ minLength: 2, maxLength: 2, uniqueItems: true })).toEqual([
      "exactly 2 characters",
      "no item twice",
    ]);
  });
});

/** Opens every row there is. A missing guard makes this run for ever. */
function count(inside: Inside | undefined): number {
  if (!inside) return 0;
  const rows = [...inside.rows, ...inside.variants.flatMap((variant) => variant.rows)];
  return rows.reduce((sum, row) => sum + 1 + count(row.inside?.()), 0);
}
