// What a form asks, as data: one description draws the fields, and says what is sent.

export type Values = Record<string, unknown>;
export type Option = readonly [value: string, label: string];

type Kind =
  | { as: "text" | "email" | "url" | "color" | "area" | "lines" | "flag" | "person" | "people" }
  | { as: "number"; min: number; max: number }
  | { as: "choice" | "checks"; options: readonly Option[] };

export type FormField = Kind & {
  /** As the API spells it. */
  name: string;
  label: string;
  hint?: string;
  /** What it is before anybody says otherwise. */
  initial?: unknown;
  /** Whether blank is `null`; otherwise what is blank is left out. */
  isNullable?: boolean;
  isRequired?: boolean;
  placeholder?: string;
  /** Whether it is asked, given the other answers. */
  isAsked?(values: Values): boolean;
};

const LISTS = ["lines", "people", "checks"];

function blank(field: FormField): unknown {
  if (field.initial !== undefined) return field.initial;
  if (LISTS.includes(field.as)) return [];
  if (field.as === "flag") return false;
  return field.as === "choice" && !field.isNullable && "options" in field
    ? (field.options[0]?.[0] ?? "")
    : "";
}

/** What stands in the fields at first: what `record` has, or what is usual. */
export function valuesOf(fields: readonly FormField[], record?: object): Values {
  const known = (record ?? {}) as Values;
  return Object.fromEntries(
    fields.map((field) => {
      const had = known[field.name];
      const isLeftBlank = record !== undefined && had === null;
      const value = isLeftBlank ? "" : (had ?? blank(field));
      return [field.name, Array.isArray(value) ? [...(value as unknown[])] : value];
    }),
  );
}

function answer(field: FormField, values: Values): unknown {
  const value = values[field.name];
  if (Array.isArray(value)) return (value as string[]).map((one) => one.trim()).filter(Boolean);
  if (typeof value === "string") {
    const text = value.trim();
    if (!text) return field.isNullable ? null : undefined;
    return field.as === "number" ? Number(text) : text;
  }
  return value === null || value === undefined ? (field.isNullable ? null : undefined) : value;
}

/** All that was answered, to make something new. */
export function answers(fields: readonly FormField[], values: Values): Values {
  const asked = fields.filter(({ isAsked }) => isAsked?.(values) ?? true);
  const pairs = asked.map((field) => [field.name, answer(field, values)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined && value !== null));
}

/** What is no longer as `record` has it. */
export function changes(fields: readonly FormField[], values: Values, record: object): Values {
  const before = valuesOf(fields, record);
  const pairs = fields.flatMap((field) => {
    const [now, then] = [answer(field, values), answer(field, before)];
    const isSame = JSON.stringify(now) === JSON.stringify(then);
    // What must not be blank is sent blank, so that the server can say so.
    return isSame ? [] : [[field.name, now === undefined ? "" : now] as const];
  });
  return Object.fromEntries(pairs);
}
