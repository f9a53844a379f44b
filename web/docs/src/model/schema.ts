// Turns a schema into what a reader wants to know: a type in words, limits, and rows of fields.
import { follow, refName, type Document, type Schema } from "./openapi.ts";

/** Deeper than any real body; stops a schema that nests without end but without a reference. */
export const SCHEMA_DEPTH_MAX = 12;

export interface Row {
  name: string;
  type: string;
  required: boolean;
  deprecated: boolean;
  readOnly: boolean;
  writeOnly: boolean;
  description: string;
  limits: string[];
  choices: string[];
  /** Set when the row repeats a schema it is inside of: the reader has seen its fields. */
  repeats: string | undefined;
  /** What lies below, made only when somebody opens the row. */
  inside: (() => Inside) | undefined;
}

export interface Inside {
  label: string;
  rows: Row[];
  variants: Variant[];
}

export interface Variant {
  label: string;
  type: string;
  description: string;
  rows: Row[];
}

/** A schema without references and allOf on its outside, and the references it came through. */
export interface Flat {
  schema: Schema;
  names: string[];
  /** What could not be found, in words, or undefined. */
  missing: string | undefined;
}

export function flatten(doc: Document, start: Schema, seen: readonly string[] = []): Flat {
  if (typeof start.$ref === "string") {
    const name = refName(start.$ref);
    if (seen.includes(start.$ref)) return { schema: {}, names: [name], missing: undefined };
    const found = follow(doc, { $ref: start.$ref } as Schema);
    if (!found) return { schema: {}, names: [name], missing: start.$ref };
    const flat = flatten(doc, found, [...seen, start.$ref]);
    return { ...flat, names: [name, ...flat.names] };
  }
  if (!start.allOf || start.allOf.length === 0) {
    return { schema: start, names: [], missing: undefined };
  }
  const { allOf, ...own } = start;
  const parts = allOf.map((part) => flatten(doc, part, seen));
  const schema = [...parts.map((part) => part.schema), own].reduce(merge, {});
  return {
    schema,
    // One part is the usual way to hang a description on a reference: it keeps its name.
    names: parts.flatMap((part) => part.names),
    missing: parts.find((part) => part.missing)?.missing,
  };
}

function merge(a: Schema, b: Schema): Schema {
  const merged: Schema = { ...a, ...b };
  if (a.properties || b.properties) merged.properties = { ...a.properties, ...b.properties };
  if (a.required || b.required) {
    merged.required = [...new Set([...(a.required ?? []), ...(b.required ?? [])])];
  }
  if (a.oneOf && b.oneOf) merged.oneOf = [...a.oneOf, ...b.oneOf];
  if (a.anyOf && b.anyOf) merged.anyOf = [...a.anyOf, ...b.anyOf];
  return merged;
}

/** The variants of a oneOf or anyOf, without the one that only says "or null". */
export function variantsOf(schema: Schema): Schema[] {
  const all = schema.oneOf ?? schema.anyOf ?? [];
  return all.filter((one) => one.type !== "null");
}

export function isNullable(schema: Schema): boolean {
  if (schema.nullable === true) return true;
  if (Array.isArray(schema.type) && schema.type.includes("null")) return true;
  return (schema.oneOf ?? schema.anyOf ?? []).some((one) => one.type === "null");
}

export function typeOf(schema: Schema): string | undefined {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== "null");
  if (schema.type) return schema.type;
  if (schema.properties || schema.additionalProperties) return "object";
  if (schema.items) return "array";
  return undefined;
}

const FORMATS: Record<string, string> = {
  "date-time": "date and time",
  uri: "URL",
  url: "URL",
  email: "e-mail",
  uuid: "UUID",
  binary: "file",
  byte: "base64",
};
const FORMATS_NOT_SAID = new Set(["int32", "int64", "float", "double"]);

/** The type as a reader says it: "array of strings", "string, e-mail or null". */
export function typeLabel(doc: Document, start: Schema): string {
  const { schema, missing } = flatten(doc, start);
  if (missing) return `unknown (${missing} is not in the document)`;
  const label = plainLabel(doc, schema);
  return isNullable(schema) ? `${label} or null` : label;
}

function plainLabel(doc: Document, schema: Schema): string {
  const type = typeOf(schema);
  if (type === "array") return `array of ${plural(itemLabel(doc, schema.items))}`;
  const variants = variantsOf(schema);
  if (variants.length === 1 && variants[0]) return typeLabel(doc, variants[0]);
  if (variants.length > 1) return `one of ${String(variants.length)} kinds`;
  if (type === "object") {
    const { additionalProperties: values, properties } = schema;
    if (!properties && typeof values === "object" && Object.keys(values).length > 0) {
      return `map of ${plural(itemLabel(doc, values))}`;
    }
    return "object";
  }
  if (!type) return schema.enum ? "enum" : "any value";
  if (!schema.format || FORMATS_NOT_SAID.has(schema.format)) return type;
  return `${type}, ${FORMATS[schema.format] ?? schema.format}`;
}

function itemLabel(doc: Document, items: Schema | undefined): string {
  if (!items) return "any value";
  const { schema } = flatten(doc, items);
  const type = typeOf(schema);
  if (type === "array") return "array";
  return type ?? (variantsOf(schema).length > 1 ? "object" : "any value");
}

function plural(word: string): string {
  return word.endsWith("y") ? `${word}s` : word === "any value" ? "any values" : `${word}s`;
}

/** Limits and fixed values, each a short phrase. */
export function limitsOf(schema: Schema): string[] {
  const limits: string[] = [];
  const range = (low: number | undefined, high: number | undefined, unit: string) => {
    if (low !== undefined && low === high) limits.push(`exactly ${amount(low, unit)}`);
    else if (low !== undefined && high !== undefined) {
      limits.push(`${String(low)} to ${String(high)}${unit}`);
    } else if (low !== undefined) limits.push(`at least ${amount(low, unit)}`);
    else if (high !== undefined) limits.push(`at most ${amount(high, unit)}`);
  };
  range(schema.minLength, schema.maxLength, " characters");
  range(schema.minItems, schema.maxItems, " items");
  range(schema.minProperties, schema.maxProperties, " keys");
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  const low = above === true ? undefined : schema.minimum;
  const high = below === true ? undefined : schema.maximum;
  range(low, high, "");
  const over = above === true ? schema.minimum : above;
  const under = below === true ? schema.maximum : below;
  if (typeof over === "number") limits.push(`more than ${String(over)}`);
  if (typeof under === "number") limits.push(`less than ${String(under)}`);
  if (schema.multipleOf !== undefined) limits.push(`a multiple of ${String(schema.multipleOf)}`);
  if (schema.uniqueItems) limits.push("no item twice");
  if (schema.pattern) limits.push(`matches ${schema.pattern}`);
  if (schema.default !== undefined) limits.push(`default ${JSON.stringify(schema.default)}`);
  return limits;
}

function amount(count: number, unit: string): string {
  return `${String(count)}${count === 1 ? unit.replace(/s$/, "") : unit}`;
}

function choicesOf(doc: Document, schema: Schema): string[] {
  const own = schema.enum ?? (schema.items ? flatten(doc, schema.items).schema.enum : undefined);
  return (own ?? []).map((choice) =>
    typeof choice === "string" ? choice : JSON.stringify(choice),
  );
}

/** The rows of a body: the fields of an object, or of the objects in an array. */
export function rowsOf(doc: Document, start: Schema): Inside | undefined {
  return insideOf(doc, start, [], 0);
}

function insideOf(
  doc: Document,
  start: Schema,
  path: readonly string[],
  depth: number,
): Inside | undefined {
  if (depth > SCHEMA_DEPTH_MAX) return undefined;
  const flat = flatten(doc, start);
  const { schema } = flat;
  if (flat.names.some((name) => path.includes(name))) return undefined;
  const here = [...path, ...flat.names];
  const variants = variantsOf(schema);
  const rows = fieldRows(doc, schema, here, depth);
  const only = variants.length === 1 ? variants[0] : undefined;
  if (only && rows.length === 0) return insideOf(doc, only, here, depth + 1);
  if (variants.length > 0) {
    const label = `${String(variants.length)} kinds`;
    return {
      label,
      rows,
      variants: variants.map((one, index) => variantOf(doc, schema, one, index, here, depth)),
    };
  }
  if (rows.length > 0) return { label: fieldCount(rows.length), rows, variants: [] };
  const nested = typeOf(schema) === "array" ? schema.items : mapValues(schema);
  return nested ? insideOf(doc, nested, here, depth + 1) : undefined;
}

function mapValues(schema: Schema): Schema | undefined {
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

function fieldCount(count: number): string {
  return count === 1 ? "1 field" : `${String(count)} fields`;
}

function fieldRows(doc: Document, schema: Schema, path: readonly string[], depth: number): Row[] {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    rowOf(doc, name, field, schema.required?.includes(name) === true, path, depth),
  );
  const rest = mapValues(schema);
  if (rest && rows.length > 0 && Object.keys(rest).length > 0) {
    rows.push(rowOf(doc, "any other key", rest, false, path, depth));
  }
  return rows;
}

function variantOf(
  doc: Document,
  parent: Schema,
  start: Schema,
  index: number,
  path: readonly string[],
  depth: number,
): Variant {
  const flat = flatten(doc, start);
  const again = flat.names.find((name) => path.includes(name));
  const inside = again ? undefined : insideOf(doc, start, path, depth + 1);
  return {
    label: variantLabel(parent, start, flat, index),
    type: again ? `${again} again` : typeLabel(doc, start),
    description: flat.schema.description ?? "",
    rows: inside?.rows ?? [],
  };
}

function variantLabel(parent: Schema, start: Schema, flat: Flat, index: number): string {
  const field = parent.discriminator?.propertyName;
  if (field) {
    const mapped = Object.entries(parent.discriminator?.mapping ?? {}).find(
      ([, ref]) => ref === start.$ref,
    );
    const fixed = flat.schema.properties?.[field]?.enum?.[0] ?? mapped?.[0];
    if (typeof fixed === "string") return fixed;
  }
  return flat.schema.title ?? flat.names[0] ?? typeOf(flat.schema) ?? `kind ${String(index + 1)}`;
}

/** One row, also used for parameters: their schema is described the same way. */
export function rowOf(
  doc: Document,
  name: string,
  start: Schema,
  required: boolean,
  path: readonly string[] = [],
  depth = 0,
): Row {
  const flat = flatten(doc, start);
  const { schema } = flat;
  const repeats = namesThrough(doc, start).find((one) => path.includes(one));
  return {
    name,
    type: typeLabel(doc, start),
    required,
    deprecated: schema.deprecated === true,
    readOnly: schema.readOnly === true,
    writeOnly: schema.writeOnly === true,
    description: start.description ?? schema.description ?? "",
    limits: limitsOf(schema),
    choices: choicesOf(doc, schema),
    repeats,
    inside:
      repeats === undefined && hasInside(doc, start)
        ? () =>
            insideOf(doc, start, path, depth + 1) ?? { label: "0 fields", rows: [], variants: [] }
        : undefined,
  };
}

/** The references on the way to the fields, through arrays and maps of any depth. */
function namesThrough(doc: Document, start: Schema): string[] {
  const names: string[] = [];
  let at: Schema | undefined = start;
  for (let depth = 0; at && depth < SCHEMA_DEPTH_MAX; depth++) {
    const flat = flatten(doc, at);
    names.push(...flat.names);
    at = typeOf(flat.schema) === "array" ? flat.schema.items : mapValues(flat.schema);
  }
  return names;
}

function hasInside(doc: Document, start: Schema, depth = 0): boolean {
  if (depth > SCHEMA_DEPTH_MAX) return false;
  const { schema } = flatten(doc, start);
  if (Object.keys(schema.properties ?? {}).length > 0) return true;
  const variants = variantsOf(schema);
  if (variants.some((one) => hasInside(doc, one, depth + 1))) return true;
  if (variants.length > 1) return true;
  const nested = typeOf(schema) === "array" ? schema.items : mapValues(schema);
  return nested !== undefined && hasInside(doc, nested, depth + 1);
}
