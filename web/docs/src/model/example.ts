// Makes an example from a schema, for every place where the document gives none.
import { flatten, SCHEMA_DEPTH_MAX, typeOf, variantsOf } from "./schema.ts";
import { follow, type Document, type Example, type Media, type Schema } from "./openapi.ts";

/** Whose eyes the example is for: a request leaves out what only the server sets. */
export type Side = "request" | "response";

const SAMPLE_TIME = "2026-01-15T09:30:00Z";
const FORMAT_SAMPLES: Record<string, unknown> = {
  "date-time": SAMPLE_TIME,
  date: "2026-01-15",
  time: "09:30:00",
  email: "ana@example.com",
  uri: "https://example.com",
  url: "https://example.com",
  uuid: "018f4e3a-7c1d-7b52-9d0e-2f6a8c4b1e90",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  byte: "U3dpdGNoYm9hcmQ=",
  binary: "(file)",
  password: "correct horse battery staple",
};

/** What the document says, in its own order of preference; undefined when it says nothing. */
export function givenExample(doc: Document, from: Media): unknown {
  if (from.example !== undefined) return from.example;
  for (const one of Object.values(from.examples ?? {})) {
    const found = follow<Example>(doc, one);
    if (found?.value !== undefined) return found.value;
  }
  return undefined;
}

export function mediaExample(doc: Document, media: Media, side: Side): unknown {
  const given = givenExample(doc, media);
  if (given !== undefined) return given;
  return media.schema ? exampleOf(doc, media.schema, side) : undefined;
}

export function exampleOf(doc: Document, schema: Schema, side: Side): unknown {
  return build(doc, schema, side, [], 0);
}

/** Says "leave this out": the only honest example of a thing inside itself. */
const AGAIN = Symbol("again");

function build(
  doc: Document,
  start: Schema,
  side: Side,
  path: readonly string[],
  depth: number,
): unknown {
  const made = make(doc, start, side, path, depth);
  return made === AGAIN ? null : made;
}

function make(
  doc: Document,
  start: Schema,
  side: Side,
  path: readonly string[],
  depth: number,
): unknown {
  const { schema, names } = flatten(doc, start);
  if (depth > SCHEMA_DEPTH_MAX || names.some((name) => path.includes(name))) return AGAIN;
  const here = [...path, ...names];
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.enum && schema.enum.length > 0) return schema.enum[0];
  const type = typeOf(schema);
  if (type === "array") {
    const item = schema.items ? make(doc, schema.items, side, here, depth + 1) : AGAIN;
    return item === AGAIN ? [] : [item];
  }
  const [first] = variantsOf(schema);
  if (first) return fromVariant(doc, schema, first, side, here, depth);
  if (type === "object") return makeObject(doc, schema, side, here, depth);
  return scalar(schema, type);
}

function fromVariant(
  doc: Document,
  schema: Schema,
  variant: Schema,
  side: Side,
  path: readonly string[],
  depth: number,
): unknown {
  const chosen = make(doc, variant, side, path, depth + 1);
  const own = schema.properties ? makeObject(doc, schema, side, path, depth) : {};
  if (isRecord(chosen)) return { ...own, ...chosen };
  return chosen;
}

function makeObject(
  doc: Document,
  schema: Schema,
  side: Side,
  path: readonly string[],
  depth: number,
): Record<string, unknown> {
  const made: [string, unknown][] = [];
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const flat = flatten(doc, field).schema;
    if (side === "request" ? flat.readOnly : flat.writeOnly) continue;
    if (flat.deprecated && !schema.required?.includes(name)) continue;
    const value = make(doc, field, side, path, depth + 1);
    if (value !== AGAIN) made.push([name, value]);
    else if (schema.required?.includes(name)) made.push([name, null]);
  }
  const rest = schema.additionalProperties;
  if (made.length === 0 && typeof rest === "object" && Object.keys(rest).length > 0) {
    const value = make(doc, rest, side, path, depth + 1);
    if (value !== AGAIN) made.push(["key", value]);
  }
  // fromEntries, not assignment: a field called __proto__ stays a field.
  return Object.fromEntries(made);
}

function scalar(schema: Schema, type: string | undefined): unknown {
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return sampleNumber(schema);
  if (type === "string") return sampleString(schema);
  return schema.nullable ? null : {};
}

function sampleNumber(schema: Schema): number {
  const low = schema.minimum ?? (schema.exclusiveMinimum as number | undefined);
  if (typeof low !== "number") return Math.min(1, schema.maximum ?? 1);
  const isOpen = schema.exclusiveMinimum === true || schema.minimum === undefined;
  return isOpen ? low + 1 : low;
}

function sampleString(schema: Schema): string {
  const known = FORMAT_SAMPLES[schema.format ?? ""];
  if (typeof known === "string") return known;
  const text = "string".padEnd(schema.minLength ?? 0, "x");
  return text.slice(0, schema.maxLength ?? text.length);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
