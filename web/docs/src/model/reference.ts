// The document arranged as the page shows it: groups of operations with unique anchors.
import {
  follow,
  METHODS,
  type Body,
  type Document,
  type Media,
  type Method,
  type Parameter,
  type PathItem,
  type RawOperation,
  type Requirement,
  type Response,
  type SecurityScheme,
} from "./openapi.ts";

export interface Operation {
  anchor: string;
  method: Method;
  path: string;
  title: string;
  description: string;
  deprecated: boolean;
  tag: string;
  scopes: string[];
  /** Facts that OpenAPI has no field for, from `x-…` members: [label, values]. */
  facts: [string, string[]][];
  parameters: Parameter[];
  body: Body | undefined;
  responses: [string, Response][];
  credential: Credential | undefined;
}

/** How the caller's key travels. */
export interface Credential {
  place: "header" | "query";
  name: string;
  prefix: string;
}

export interface Group {
  anchor: string;
  name: string;
  description: string;
  operations: Operation[];
}

export interface Reference {
  title: string;
  version: string;
  description: string;
  basePath: string;
  groups: Group[];
}

const TAG_OF_THE_UNTAGGED = "Other";

/** `x-…` members worth a line, and the words for them. */
const FACTS: Record<string, string> = {
  "x-idempotency": "Idempotency",
  "x-rate-limit": "Rate limit",
  "x-events": "Sends event",
  "x-stability": "Stability",
};

export function arrange(doc: Document, anchors: Anchors): Reference {
  const operations = Object.entries(doc.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const raw = item[method];
      return raw ? [operationOf(doc, anchors, path, item, method, raw)] : [];
    }),
  );
  return {
    title: doc.info?.title ?? "API reference",
    version: doc.info?.version ?? "",
    description: doc.info?.description ?? "",
    basePath: basePath(doc),
    groups: groupsOf(doc, anchors, operations),
  };
}

function groupsOf(doc: Document, anchors: Anchors, operations: Operation[]): Group[] {
  const described = (doc.tags ?? []).flatMap((tag) => (tag.name ? [tag.name] : []));
  const names = new Set([...described, ...operations.map((operation) => operation.tag)]);
  return [...names].flatMap((name) => {
    const own = operations.filter((operation) => operation.tag === name);
    if (own.length === 0) return [];
    const description = doc.tags?.find((tag) => tag.name === name)?.description ?? "";
    return [
      { anchor: anchors.take(`tag-${name.toLowerCase()}`), name, description, operations: own },
    ];
  });
}

function operationOf(
  doc: Document,
  anchors: Anchors,
  path: string,
  item: PathItem,
  method: Method,
  raw: RawOperation,
): Operation {
  const security = raw.security ?? doc.security ?? [];
  return {
    // Deep links outlive wording, so they come from the id and not from the summary.
    anchor: anchors.take(raw.operationId ?? `${method}-${path}`),
    method,
    path,
    title: raw.summary ?? raw.operationId ?? `${method.toUpperCase()} ${path}`,
    description: raw.description ?? "",
    deprecated: raw.deprecated === true,
    tag: raw.tags?.[0] ?? TAG_OF_THE_UNTAGGED,
    scopes: scopesOf(raw, security),
    facts: Object.entries(FACTS).flatMap(([key, label]): [string, string[]][] => {
      const values = words(raw[key as `x-${string}`]);
      return values.length > 0 ? [[label, values]] : [];
    }),
    parameters: parametersOf(doc, item, raw),
    body: raw.requestBody && follow(doc, raw.requestBody),
    responses: Object.entries(raw.responses ?? {})
      .map(([status, one]): [string, Response] => [status, follow(doc, one) ?? {}])
      .sort(([a], [b]) => a.localeCompare(b)),
    credential: credentialOf(doc, security),
  };
}

function parametersOf(doc: Document, item: PathItem, raw: RawOperation): Parameter[] {
  const byPlace = new Map<string, Parameter>();
  for (const one of [...(item.parameters ?? []), ...(raw.parameters ?? [])]) {
    const found = follow(doc, one);
    if (found?.name && found.in) byPlace.set(`${found.in} ${found.name}`, found);
  }
  return [...byPlace.values()];
}

function scopesOf(raw: RawOperation, security: Requirement[]): string[] {
  const listed = security.flatMap((one) => Object.values(one).flat());
  const own = [
    ...words(raw["x-scope"]),
    ...words(raw["x-scopes"]),
    ...words(raw["x-required-scope"]),
  ];
  return [...new Set([...own, ...listed])];
}

function words(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === "string" && one !== "") as string[];
}

function credentialOf(doc: Document, security: Requirement[]): Credential | undefined {
  for (const name of security.flatMap((one) => Object.keys(one))) {
    const known = doc.components?.securitySchemes?.[name];
    const scheme = known && follow<SecurityScheme>(doc, known);
    if (!scheme) continue;
    if (scheme.type === "apiKey" && scheme.name) {
      if (scheme.in === "query") return { place: "query", name: scheme.name, prefix: "" };
      if (scheme.in === "header") return { place: "header", name: scheme.name, prefix: "" };
    }
    if (scheme.type === "http" || scheme.type === "oauth2" || scheme.type === "openIdConnect") {
      const prefix = scheme.scheme?.toLowerCase() === "basic" ? "Basic " : "Bearer ";
      return { place: "header", name: "Authorization", prefix };
    }
  }
  return undefined;
}

/** Only the path of a server counts: this page speaks to the origin it came from. */
function basePath(doc: Document): string {
  try {
    const url = new URL(doc.servers?.[0]?.url ?? "/", "http://localhost");
    return url.pathname.replace(/\/+$/, "");
  } catch {
    return "";
  }
}

/** Hands out ids that are safe in an address, each once. */
export class Anchors {
  private readonly taken = new Set<string>(RESERVED_IDS);

  take(wish: string): string {
    const base = slug(wish);
    let anchor = base;
    for (let n = 2; this.taken.has(anchor); n++) anchor = `${base}-${String(n)}`;
    this.taken.add(anchor);
    return anchor;
  }
}

/** Ids the page itself uses. */
export const RESERVED_IDS = [
  ...["main", "nav", "menu", "filter", "theme", "tools", "version", "status"],
  ...["key-panel", "api-key", "api-key-hint"],
];

/** Keeps case: an operationId is quoted in other places exactly as it is written. */
export function slug(text: string): string {
  const plain = text.normalize("NFKD").replace(/[^\p{L}\p{N}_.]+/gu, "-");
  return plain.replace(/^-+|-+$/g, "") || "section";
}

export const JSON_TYPE = "application/json";

export function isJsonType(type: string): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(type) || type === "*/*";
}

/** The media type to show first: JSON when offered. */
export function pickMedia(content: Record<string, Media> | undefined): [string, Media] | undefined {
  const all = Object.entries(content ?? {});
  return all.find(([type]) => isJsonType(type)) ?? all[0];
}

const STATUS_TEXT: Record<string, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export function statusText(status: string): string {
  return STATUS_TEXT[status] ?? "";
}

export function isFailure(status: string): boolean {
  return !/^[123]/.test(status);
}
