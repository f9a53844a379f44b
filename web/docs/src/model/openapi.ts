// The parts of OpenAPI 3.0.3 this page reads. Everything is optional: a document is input, and
// half a document must still give half a page.

export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  nullable?: boolean;
  readOnly?: boolean;
  writeOnly?: boolean;
  deprecated?: boolean;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  discriminator?: { propertyName?: string; mapping?: Record<string, string> };
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean | number;
  exclusiveMaximum?: boolean | number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
}

export interface Example {
  $ref?: string;
  summary?: string;
  value?: unknown;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, Example>;
}

export interface Parameter {
  $ref?: string;
  name?: string;
  in?: string;
  description?: string;
  required?: boolean;
  deprecated?: boolean;
  style?: string;
  explode?: boolean;
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, Example>;
}

export interface Body {
  $ref?: string;
  description?: string;
  required?: boolean;
  content?: Record<string, Media>;
}

export interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, Parameter>;
  content?: Record<string, Media>;
}

export type Requirement = Record<string, string[]>;

export interface RawOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  deprecated?: boolean;
  parameters?: Parameter[];
  requestBody?: Body;
  responses?: Record<string, Response>;
  security?: Requirement[];
  [extension: `x-${string}`]: unknown;
}

export interface SecurityScheme {
  $ref?: string;
  type?: string;
  scheme?: string;
  in?: string;
  name?: string;
}

export interface PathItem extends Partial<Record<Method, RawOperation>> {
  parameters?: Parameter[];
}

export interface Document {
  openapi?: string;
  info?: { title?: string; version?: string; description?: string };
  servers?: { url?: string }[];
  tags?: { name?: string; description?: string }[];
  paths?: Record<string, PathItem>;
  security?: Requirement[];
  components?: {
    schemas?: Record<string, Schema>;
    securitySchemes?: Record<string, SecurityScheme>;
  };
}

export const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"] as const;
export type Method = (typeof METHODS)[number];

const REF_HOPS_MAX = 32;

/** Where a `#/a/b` reference leads; undefined when it leads nowhere, elsewhere or in a circle. */
export function follow<T extends { $ref?: string }>(doc: Document, start: T): T | undefined {
  let at: T | undefined = start;
  for (let hop = 0; hop < REF_HOPS_MAX; hop++) {
    if (typeof at?.$ref !== "string") return at;
    at = target(doc, at.$ref) as T | undefined;
  }
  return undefined;
}

function target(doc: Document, ref: string): unknown {
  if (!ref.startsWith("#/")) return undefined;
  let at: unknown = doc;
  for (const part of ref.slice(2).split("/")) {
    const key = unescapePointer(part);
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === "object" && at !== null ? at : undefined;
}

function unescapePointer(part: string): string {
  const plain = part.replaceAll("~1", "/").replaceAll("~0", "~");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain; // a stray percent sign is part of the name
  }
}

/** The last part of a reference: the name a reader knows the schema by. */
export function refName(ref: string): string {
  return unescapePointer(ref.slice(ref.lastIndexOf("/") + 1));
}
