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

/** The search of an address; a segment that filters cannot say stands there by its id. */
export function address(words: string, all: Filter[], segment = ""): string {
  const query = new URLSearchParams();
  if (segment) query.set("s", segment);
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
  if (Number.isNaN(time.getTime())) return date;
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** A node of the tree of conditions. */
interface Condition {
  not?: Condition;
  field?: string;
  op?: string;
  value?: unknown;
}

function condition({ op, field, value }: Filter): Condition {
  switch (op) {
    case "is":
      if (field === "owner_id" && value === NOBODY) {
        return { not: { field, op: "gte", value: "" } };
      }
      return field.startsWith(ATTRIBUTE)
        ? { field, op: "in", value: meanings(value) }
        : { field, op: "eq", value };
    case "not":
      return { not: condition({ op: "is", field, value }) };
    case "has":
      return { field, op: "contains", value };
    case "within":
      return { field, op: "gte", value: `-P${value}D` };
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
export interface Question {
  query?: string;
  where?: { and: object[] };
  segment_id?: string;
}

export function question(words: string, all: Filter[], segment = ""): Question {
  const and = all.map(condition);
  return {
    ...(words.trim() && { query: words.trim() }),
    ...(and.length && { where: { and } }),
    ...(segment && { segment_id: segment }),
  };
}

/** The words and the filters that ask for the same; undefined where none can. */
export function answering(asked: object): [words: string, all: Filter[]] | undefined {
  const { query, where, ...more } = asked as { query?: unknown; where?: { and?: unknown } };
  const and = where?.and ?? [];
  if (!Array.isArray(and) || and.length > FILTERS_MAX || Object.keys(more).length) return undefined;
  const all = and.flatMap((one) => filterOf(one as Condition) ?? []);
  const words = typeof query === "string" ? query : "";
  const isSame = same(question(words, all), asked) && all.length === and.length;
  return isSame ? [words, all] : undefined;
}

function filterOf({ not, field = "", op, value }: Condition): Filter | undefined {
  if (not) {
    if (not.field === "owner_id" && not.op === "gte") {
      return { op: "is", field: "owner_id", value: NOBODY };
    }
    const inner = filterOf(not);
    return inner?.op === "is" ? { ...inner, op: "not" } : undefined;
  }
  const isTime = FIELDS.find((one) => one.field === field)?.kind === "time";
  const text = String(Array.isArray(value) ? value[0] : value);
  const span = /^-P(\d+)D$/.exec(text)?.[1];
  switch (op) {
    case "eq":
    case "in":
      return { op: "is", field, value: text };
    case "contains":
      return { op: "has", field, value: text };
    case "gte":
      if (!isTime) return { op: "least", field, value: text };
      return span ? { op: "within", field, value: span } : { op: "after", field, value: day(text) };
    case "lte":
      return { op: "most", field, value: text };
    case "lt":
      return { op: "before", field, value: day(text) };
    default:
      return undefined;
  }
}

/** The day that begins at a time, here. */
function day(time: string): string {
  const date = new Date(time);
  const part = (number: number) => String(number).padStart(2, "0");
  return `${String(date.getFullYear())}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
}

/** Whether two are one as JSON, in whatever order it was written. */
function same(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return one === other;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  const at = (of: object, name: string) => (of as Record<string, unknown>)[name];
  return (
    names.length === others.length && names.every((name) => same(at(one, name), at(other, name)))
  );
}
