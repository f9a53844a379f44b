// What a list of contacts is narrowed by: in the address as `?q=…&f=is:tag:vip`, for the server as a
// tree of conditions. All of them hold.
import { t } from "../locale/say.ts";

export type Op = "is" | "not" | "has" | "within" | "after" | "before" | "least" | "most";
export type Kind = "tag" | "operator" | "disposition" | "source" | "text" | "time" | "attribute";

export interface Filter {
  op: Op;
  /** As the server calls it; an attribute begins with ATTRIBUTE. */
  field: string;
  value: string;
}

export const ATTRIBUTE = "custom_attributes.";
/** Stands for nobody, where an operator is asked for. */
export const NOBODY = "none";
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FILTERS_MAX = 20;

export const FIELDS: readonly { field: string; title: string; kind: Kind }[] = [
  { field: "tag", title: t("Tag"), kind: "tag" },
  { field: "owner_id", title: t("Owner"), kind: "operator" },
  { field: "disposition_id", title: t("Disposition"), kind: "disposition" },
  { field: "source", title: t("Source"), kind: "source" },
  { field: "company", title: t("Company"), kind: "text" },
  { field: "name", title: t("Name"), kind: "text" },
  { field: "email", title: t("Email"), kind: "text" },
  { field: "phone", title: t("Phone"), kind: "text" },
  { field: "created_at", title: t("Created"), kind: "time" },
  { field: "last_seen_at", title: t("Last seen"), kind: "time" },
  { field: "updated_at", title: t("Changed"), kind: "time" },
  { field: ATTRIBUTE, title: t("Attribute"), kind: "attribute" },
];

export const OPS: Record<Kind, readonly Op[]> = {
  tag: ["is", "not"],
  operator: ["is", "not"],
  disposition: ["is", "not"],
  source: ["is", "not"],
  text: ["has", "is", "not"],
  time: ["within", "after", "before"],
  attribute: ["is", "not", "has", "least", "most"],
};

export const OP_WORDS: Record<Op, string> = {
  is: t("is"),
  not: t("is not"),
  has: t("contains"),
  within: t("in the last … days"),
  after: t("on or after"),
  before: t("before"),
  least: t("at least"),
  most: t("at most"),
};

/** The doors that contacts come through, by their words in the API. */
export const SOURCES: Record<string, string> = {
  api: t("API or by hand"),
  widget: t("Chat widget"),
  lead_api: t("Lead form"),
  ora_widget: t("Lead widget"),
};

export function face(field: string): { title: string; kind: Kind } {
  const found = FIELDS.find((one) => one.field === field);
  if (found && field !== ATTRIBUTE) return found;
  return { title: field.slice(ATTRIBUTE.length), kind: "attribute" };
}

export function spell({ op, field, value }: Filter): string {
  return `${op}:${encodeURIComponent(field)}:${value}`;
}

function parse(text: string): Filter[] {
  const [, op, named, value] = /^(\w+):([^:]+):(.+)$/s.exec(text) ?? [];
  if (!op || !named || !value) return [];
  let field: string;
  try {
    field = decodeURIComponent(named);
  } catch {
    return [];
  }
  const isKnown = field.startsWith(ATTRIBUTE)
    ? field.length > ATTRIBUTE.length
    : FIELDS.some((one) => one.field === field);
  const fits = isKnown && OPS[face(field).kind].some((one) => one === op);
  return fits ? [{ op: op as Op, field, value }] : [];
}

/** Those of an address; what means nothing is passed over. */
export function filters(query: URLSearchParams): Filter[] {
  return query.getAll("f").flatMap(parse).slice(0, FILTERS_MAX);
}

/** The search of an address. */
export function address(words: string, all: Filter[]): string {
  const query = new URLSearchParams();
  if (words) query.set("q", words);
  for (const one of all) query.append("f", spell(one));
  return query.size ? `?${query.toString()}` : "";
}

/** A number and a flag may have been sent as text, or as what they are. */
function meanings(text: string): (string | number | boolean)[] {
  if (text === "true" || text === "false") return [text, text === "true"];
  const number = Number(text);
  return text.trim() && Number.isFinite(number) ? [text, number] : [text];
}

function midnight(date: string): string {
  const time = new Date(`${date}T00:00:00`);
  return Number.isNaN(time.getTime()) ? date : stamp(time.getTime());
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

function condition({ op, field, value }: Filter, now: number): object {
  switch (op) {
    case "is":
      if (field === "owner_id" && value === NOBODY) {
        return { not: { field, op: "gte", value: "" } };
      }
      return field.startsWith(ATTRIBUTE)
        ? { field, op: "in", value: meanings(value) }
        : { field, op: "eq", value };
    case "not":
      return { not: condition({ op: "is", field, value }, now) };
    case "has":
      return { field, op: "contains", value };
    case "within": {
      const since = now - Number(value) * DAY_MS;
      return { field, op: "gte", value: stamp(since - (since % MINUTE_MS)) };
    }
    case "after":
      return { field, op: "gte", value: midnight(value) };
    case "before":
      return { field, op: "lt", value: midnight(value) };
    case "least":
      return { field, op: "gte", value: meanings(value).at(-1) };
    case "most":
      return { field, op: "lte", value: meanings(value).at(-1) };
  }
}

/** What POST /v1/contacts/search is asked. */
export function question(
  words: string,
  all: Filter[],
  now: number,
): { query?: string; where?: { and: object[] } } {
  const and = all.map((one) => condition(one, now));
  return { ...(words.trim() && { query: words.trim() }), ...(and.length && { where: { and } }) };
}
