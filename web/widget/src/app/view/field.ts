// One field of a form: its label, its control, and the words that help when something is missing.
import type { Field } from "../../shared/site.ts";
import { emailProblem, suggestEmail } from "../text/typo.ts";
import { fillNodes, followDirection, freshId, h, icon, set } from "./dom.ts";
import type { Ui } from "./ui.ts";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export interface FieldView {
  name: string;
  element: HTMLElement;
  control: Control;
  value(): string;
  /** Says what is wrong, and whether all is well. */
  check(): boolean;
}

const AUTOCOMPLETE: Record<string, string> = {
  name: "name",
  first_name: "given-name",
  last_name: "family-name",
  email: "email",
  phone: "tel",
  company: "organization",
};
const INPUT_TYPES: Record<string, string> = { email: "email", tel: "tel" };
/** What a ticked box is kept as. */
const TICKED = "yes";

export function fieldView(field: Field, value: string, ui: Ui, changed: () => void): FieldView {
  const id = freshId();
  const { words } = ui;
  const isBox = field.type === "checkbox";
  const hint = h("span", { class: "sw-h", id: `${id}-h`, role: "status" });
  const control = controlOf(field, id);
  if (isBox) (control as HTMLInputElement).checked = value !== "";
  else control.value = value;
  const valueOf = () =>
    isBox && !(control as HTMLInputElement).checked ? "" : control.value.trim();
  const isFree = !isBox && field.type !== "select" && !(field.type in INPUT_TYPES);
  const direct = () => {
    if (isFree) followDirection(control as HTMLInputElement);
  };
  direct();
  const say = (nodes: (Node | string)[], isWrong: boolean) => {
    hint.replaceChildren(...nodes);
    hint.classList.toggle("no", isWrong);
    set(control, "aria-invalid", isWrong ? "true" : null);
    set(control, "aria-describedby", nodes.length > 0 ? hint.id : null);
  };
  const suggest = () => {
    const meant = field.type === "email" ? suggestEmail(control.value) : undefined;
    if (!meant) return say([], false);
    const take = () => {
      control.value = meant;
      say([], false);
      changed();
      control.focus();
    };
    const button = h(
      "button",
      { type: "button", class: "sw-a", onclick: take },
      h("bdi", {}, meant),
    );
    say([...fillNodes(words.texts.did_you_mean, { email: button })], false);
  };
  control.addEventListener("input", () => {
    direct();
    if (control.hasAttribute("aria-invalid")) say([], false);
    changed();
  });
  control.addEventListener("blur", suggest);
  if (value) suggest();
  return {
    name: field.name,
    control,
    element: isBox
      ? h("p", {}, h("label", { class: "sw-k" }, control, h("span", {}, field.label)), hint)
      : h(
          "p",
          { class: field.type === "textarea" ? "sw-gr" : undefined },
          h(
            "label",
            { class: "sw-l", for: id },
            field.label,
            !field.is_required && [" ", h("i", {}, words.say("optional"))],
          ),
          control,
          hint,
        ),
    value: valueOf,
    check() {
      const problem = problemOf(field, valueOf(), ui);
      if (problem) say([icon("alert"), problem], true);
      return !problem;
    },
  };
}

function problemOf(field: Field, value: string, { words }: Ui): string | undefined {
  const { type, is_required: isRequired } = field;
  if (!value) {
    return isRequired ? words.say(type === "checkbox" ? "consent_needed" : "required") : undefined;
  }
  if (type !== "email") return undefined;
  const problem = emailProblem(value);
  return problem && words.say(problem === "no_at" ? "email_no_at" : "email_no_ending");
}

function controlOf(field: Field, id: string): Control {
  if (field.type === "checkbox") {
    const { name, is_required: required } = field;
    return h("input", { id, name, required, type: "checkbox", value: TICKED });
  }
  const props = {
    id,
    class: "sw-i",
    name: field.name,
    required: field.is_required,
    autocomplete: AUTOCOMPLETE[field.name] ?? AUTOCOMPLETE[field.type] ?? "off",
  };
  if (field.type === "select") {
    return h(
      "select",
      props,
      h("option", { value: "" }),
      field.options.map((option) => h("option", { value: option }, option)),
    );
  }
  if (field.type === "textarea") return h("textarea", { ...props, rows: 4 });
  const type = INPUT_TYPES[field.type] ?? "text";
  const placeholder = type === "email" ? "you@example.com" : undefined;
  return h("input", { ...props, type, placeholder, dir: type === "text" ? undefined : "ltr" });
}
