// One request, from an operation and what the reader typed. The samples and "Try it" share it,
// so what is shown is what is sent.
import { exampleOf, givenExample, isRecord, mediaExample } from "./example.ts";
import { formatJson } from "./json.ts";
import type { Document, Parameter } from "./openapi.ts";
import { flatten } from "./schema.ts";
import { isJsonType, pickMedia, type Operation } from "./reference.ts";

export const KEY_PLACEHOLDER = "YOUR_API_KEY";

/** What the reader typed: parameters by "place name", and the body as text. */
export interface Typed {
  key: string;
  parameters: Map<string, string>;
  body: string | undefined;
}

export type Payload =
  | { kind: "none" }
  | { kind: "json"; text: string }
  | { kind: "form"; fields: [string, string][] }
  | { kind: "multipart"; fields: [string, string, boolean][] }
  | { kind: "text"; text: string };

export interface Request {
  method: string;
  url: string;
  headers: [string, string][];
  payload: Payload;
}

export function typedKey(parameter: Parameter): string {
  return `${parameter.in ?? ""} ${parameter.name ?? ""}`;
}

export function emptyTyped(): Typed {
  return { key: "", parameters: new Map(), body: undefined };
}

export function buildRequest(
  doc: Document,
  operation: Operation,
  typed: Typed,
  base: string,
): Request {
  const media = pickMedia(operation.body?.content);
  const payload = payloadOf(doc, operation, typed);
  const query = queryOf(doc, operation, typed);
  const headers: [string, string][] = [];
  const { credential } = operation;
  if (credential) {
    const key = typed.key || KEY_PLACEHOLDER;
    if (credential.place === "query") query.push([credential.name, key]);
    else headers.push([credential.name, credential.prefix + key]);
  }
  for (const one of operation.parameters.filter((parameter) => parameter.in === "header")) {
    const value = valueOf(doc, one, typed);
    if (one.name && value !== undefined) headers.push([one.name, oneLine(value)]);
  }
  // A multipart request names its own boundary, which only the sender knows.
  if (media && payload.kind !== "none" && payload.kind !== "multipart") {
    headers.push(["Content-Type", media[0] === "*/*" ? "application/json" : media[0]]);
  }
  const tail = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  return {
    method: operation.method.toUpperCase(),
    url: base + pathOf(doc, operation, typed) + (tail ? `?${tail}` : ""),
    headers,
    payload,
  };
}

/** What is missing before the request can be sent, as names of fields. */
export function missingParameters(operation: Operation, typed: Typed): Parameter[] {
  return operation.parameters.filter(
    (one) =>
      (one.required === true || one.in === "path") && !typed.parameters.get(typedKey(one))?.trim(),
  );
}

/** A parameter's own example, or one made from its schema. */
export function parameterExample(doc: Document, parameter: Parameter): string {
  const given = givenExample(doc, parameter);
  const value = given ?? (parameter.schema ? exampleOf(doc, parameter.schema, "request") : "");
  return asText(value);
}

/** What a field may suggest: only what the document itself gives, nothing invented. */
export function parameterHint(doc: Document, parameter: Parameter): string {
  const schema = parameter.schema ? flatten(doc, parameter.schema).schema : {};
  return asText(givenExample(doc, parameter) ?? schema.example ?? schema.default);
}

function valueOf(doc: Document, parameter: Parameter, typed: Typed): string | undefined {
  const own = typed.parameters.get(typedKey(parameter));
  if (own !== undefined && own !== "") return own;
  return parameter.required ? parameterExample(doc, parameter) : undefined;
}

function pathOf(doc: Document, operation: Operation, typed: Typed): string {
  return operation.path.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const parameter = operation.parameters.find((one) => one.in === "path" && one.name === name);
    if (!parameter) return whole;
    const value = valueOf(doc, { ...parameter, required: true }, typed);
    return encodeURIComponent(value ?? name);
  });
}

function queryOf(doc: Document, operation: Operation, typed: Typed): [string, string][] {
  return operation.parameters
    .filter((one) => one.in === "query")
    .flatMap((one): [string, string][] => {
      const value = valueOf(doc, one, typed);
      if (value === undefined || !one.name) return [];
      const { name } = one;
      // Lists repeat their name unless the document says they travel joined by commas.
      if (one.schema?.type === "array" && one.explode !== false && value.includes(",")) {
        return value.split(",").map((part) => [name, part.trim()]);
      }
      return [[name, value]];
    });
}

/** A line break would end the header and start another. */
function oneLine(value: string): string {
  return value.replace(/[\r\n]+/g, " ");
}

/** The body a form starts with, as the reader edits it. */
export function bodyText(doc: Document, operation: Operation): string | undefined {
  const media = pickMedia(operation.body?.content);
  if (!media) return undefined;
  const example = mediaExample(doc, media[1], "request");
  if (example === undefined) return "";
  return typeof example === "string" && !isJsonType(media[0]) ? example : formatJson(example);
}

function payloadOf(doc: Document, operation: Operation, typed: Typed): Payload {
  const media = pickMedia(operation.body?.content);
  if (!media) return { kind: "none" };
  const [type, content] = media;
  const text = typed.body ?? bodyText(doc, operation) ?? "";
  if (type.startsWith("multipart/")) {
    const fields = fieldsOf(text).map(([name, value]): [string, string, boolean] => [
      name,
      value,
      content.schema?.properties?.[name]?.format === "binary" || value === "(file)",
    ]);
    return { kind: "multipart", fields };
  }
  if (type === "application/x-www-form-urlencoded") return { kind: "form", fields: fieldsOf(text) };
  if (text.trim() === "") return { kind: "none" };
  return isJsonType(type) ? { kind: "json", text } : { kind: "text", text };
}

function fieldsOf(text: string): [string, string][] {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return Object.entries(value).map(([name, one]) => [name, asText(one)]);
  } catch {
    // The form says beside the field that this is not JSON; there is nothing to send from it.
  }
  return [];
}

function asText(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) {
    return value.map(String).join(",");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Why the text is not JSON, or undefined when it is. */
export function jsonProblem(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
