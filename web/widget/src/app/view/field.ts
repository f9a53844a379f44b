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
const INPUT_TYPES: Record<string, string> = { email: "email", phone: "tel" };

export function fieldView(field: Field, value: string, ui: Ui, changed: () => void): FieldView {
  const id = freshId();
  const { words } = ui;
  const hint = h("span", { class: "sw-h", id: `${id}-h`, role: "status" });
  const control = controlOf(field, id);
  control.value = value;
  const isFree = field.type !== "select" && !(field.type in INPUT_TYPES);
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
    element: h(
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
    value: () => control.value.trim(),
    check() {
      const problem = problemOf(field, control.value, ui);
      if (problem) say([icon("alert"), problem], true);
      return !problem;
    },
  };
}

function problemOf(field: Field, value: string, { words }: Ui): string | undefined {
  const text = value.trim();
  if (!text) return field.is_required ? words.say("required") : undefined;
  if (field.type !== "email") return undefined;
  const problem = emailProblem(text);
  return problem && words.say(problem === "no_at" ? "email_no_at" : "email_no_ending");
}

function controlOf(field: Field, id: string): Control {
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
  return h("input", { ...props, type, dir: type === "text" ? undefined : "ltr" });
}
