// A form that checks before it sends, sends once, and puts each failure where it belongs.
import { Problem } from "../../../api.ts";
import { isBusy, problemBox, showProblem, whileBusy } from "./act.ts";
import { announce, h, type Child } from "./dom.ts";
import type { Field } from "./field.ts";

export type Values = Record<string, string | undefined>;

interface FormSpec {
  fields: Field[];
  action: string;
  busy: string;
  send(values: Values): Promise<void>;
  /** Beside the button. */
  beside?: Child;
  /** For codes that are about another field here than elsewhere. */
  fieldOf?: Record<string, string>;
  /** A quiet form in a list of settings does not take the one filled button. */
  isQuiet?: boolean;
}

/** What a code is about, where the server names no field. */
const FIELD_OF_CODE: Record<string, string> = {
  code_needed: "code",
  invalid_code: "code",
  invalid_login: "password",
};

export function form(spec: FormSpec): HTMLFormElement {
  const { fields } = spec;
  const box = problemBox();
  const button = h("button", { class: spec.isQuiet ? undefined : "primary" }, spec.action);
  const send = () => {
    if (isBusy(button)) return;
    box.replaceChildren();
    for (const field of fields) field.clear();
    if (!checkAll(fields)) return;
    void whileBusy(button, spec.busy, async () => {
      try {
        await spec.send(valuesOf(fields));
      } catch (error) {
        if (!placeProblem(spec, error)) showProblem(box, error, send);
      }
    });
  };
  const node = h(
    "form",
    { novalidate: true },
    box,
    fields.map((field) => field.node),
    h("div", { class: "actions" }, button, spec.beside),
  );
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return node;
}

function valuesOf(fields: Field[]): Values {
  return Object.fromEntries(
    fields.map(({ name, input }) => {
      const isSecret = input.autocomplete.includes("password");
      const value = isSecret ? input.value : input.value.trim();
      return [name, value === "" ? undefined : value];
    }),
  );
}

function checkAll(fields: Field[]): boolean {
  const wrong = fields.flatMap((field) => {
    const words = field.check();
    return words === undefined ? [] : [{ field, words }];
  });
  for (const { field, words } of wrong) field.fail(words);
  const [first] = wrong;
  if (first) lead(first.field, first.words);
  return !first;
}

/** Focusing a field reads what is wrong with it, unless the focus was there already. */
function lead({ input }: Field, words: string): void {
  if (document.activeElement === input) announce(words);
  else input.focus();
}

/** Says it beside the field it is about; gives back whether there is such a field. */
function placeProblem(spec: FormSpec, error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const name = error.param ?? { ...FIELD_OF_CODE, ...spec.fieldOf }[error.code];
  const field = spec.fields.find((one) => one.name === name);
  if (!field) return false;
  field.fail(error.message);
  lead(field, error.message);
  return true;
}
