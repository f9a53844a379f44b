// One field: label, hint, and what is wrong with it, said beside it.
import { announce, freshId, h, icon } from "./dom.ts";

export const PASSWORD_CHARS_MIN = 12;

export interface Field {
  name: string;
  node: HTMLElement;
  input: HTMLInputElement;
  /** What is missing, in words; nothing if it can be sent. */
  check(): string | undefined;
  fail(words: string): void;
  clear(): void;
}

interface FieldSpec {
  name: string;
  label: string;
  autocomplete: string;
  type?: "email" | "password" | "text";
  value?: string | undefined;
  hint?: string;
  isOptional?: boolean;
  inputmode?: "numeric" | "text";
  /** Said when it is empty. */
  missing?: string;
}

export function textField(spec: FieldSpec): Field {
  const id = freshId(spec.name);
  const input = h("input", {
    id,
    name: spec.name,
    type: spec.type ?? "text",
    autocomplete: spec.autocomplete,
    inputmode: spec.inputmode,
    required: !spec.isOptional,
    "aria-describedby": `${id}-hint ${id}-problem`,
    ...(spec.type !== undefined && { autocapitalize: "none", spellcheck: "false" }),
  });
  if (spec.value) input.value = spec.value;
  const problem = h("p", { class: "field-problem", id: `${id}-problem` });
  const clear = () => {
    input.removeAttribute("aria-invalid");
    problem.replaceChildren();
  };
  input.addEventListener("input", clear);
  return {
    name: spec.name,
    input,
    node: h(
      "div",
      { class: "field" },
      h(
        "label",
        { for: id },
        spec.label,
        spec.isOptional && h("span", { class: "optional" }, " (optional)"),
      ),
      input,
      h("p", { class: "hint", id: `${id}-hint` }, spec.hint),
      problem,
    ),
    check: () =>
      !spec.isOptional && input.value.trim() === ""
        ? (spec.missing ?? "This is needed.")
        : undefined,
    fail(words) {
      input.setAttribute("aria-invalid", "true");
      problem.replaceChildren(icon("alert"), h("span", {}, words));
    },
    clear,
  };
}

export function emailField(autocomplete: string, value?: string): Field {
  const field = textField({
    name: "email",
    label: "E-mail",
    type: "email",
    autocomplete,
    value,
    missing: "Write your e-mail address.",
  });
  return {
    ...field,
    check: () =>
      field.check() ??
      (/.@./.test(field.input.value)
        ? undefined
        : "An address has an @ in it, as in ada@example.com."),
  };
}

export function nameField(isOptional: boolean): Field {
  return textField({
    name: "name",
    label: "Your name",
    autocomplete: "name",
    isOptional,
    hint: "Colleagues and visitors see it.",
    missing: "Write what people call you.",
  });
}

/** A password that exists. */
export function passwordField(label = "Password", name = "password", more = ""): Field {
  const field = textField({
    name,
    label,
    type: "password",
    autocomplete: `current-password${more}`,
    missing: "Write your password.",
  });
  addShowButton(field, "password");
  return field;
}

/** A password to be: it counts while it is typed. */
export function newPasswordField(label: string, hint?: string): Field {
  const wanted = `${String(PASSWORD_CHARS_MIN)} characters or more. A few words in a row do well.`;
  const field = textField({
    name: "password",
    label,
    type: "password",
    autocomplete: "new-password",
    hint: hint ?? wanted,
    missing: "Choose a password.",
  });
  addShowButton(field, "password");
  const line = field.node.querySelector(".hint");
  let wasEnough = false;
  field.input.addEventListener("input", () => {
    const lacking = PASSWORD_CHARS_MIN - charsIn(field.input.value);
    const isEnough = lacking <= 0;
    line?.classList.toggle("is-good", isEnough);
    if (field.input.value === "") line?.replaceChildren(hint ?? wanted);
    else if (isEnough) line?.replaceChildren(icon("check"), "Long enough.");
    else line?.replaceChildren(lackingWords(lacking));
    // Said once when it changes: a word at each key would drown what is typed.
    if (isEnough !== wasEnough) announce(isEnough ? "Long enough" : lackingWords(lacking));
    wasEnough = isEnough;
  });
  return {
    ...field,
    check() {
      const lacking = PASSWORD_CHARS_MIN - charsIn(field.input.value);
      return field.check() ?? (lacking > 0 ? `Too short: ${lackingWords(lacking)}` : undefined);
    },
  };
}

function charsIn(text: string): number {
  return [...text].length;
}

function lackingWords(lacking: number): string {
  return lacking === 1 ? "1 more character." : `${String(lacking)} more characters.`;
}

function addShowButton({ input }: Field, what: string): void {
  const button = h("button", { type: "button", class: "reveal" });
  const draw = () => {
    const isShown = input.type === "text";
    button.textContent = isShown ? "Hide" : "Show";
    button.setAttribute("aria-label", `${isShown ? "Hide" : "Show"} ${what}`);
  };
  button.addEventListener("click", () => {
    input.type = input.type === "text" ? "password" : "text";
    draw();
    input.focus();
  });
  draw();
  const box = h("div", { class: "with-button" });
  input.replaceWith(box);
  box.append(input, button);
}

/** A code of the app; one of the recovery codes does as well, and phones then need letters. */
export function codeField({ canRecover = true } = {}): Field {
  const field = textField({
    name: "code",
    label: "Code",
    autocomplete: "one-time-code",
    inputmode: "numeric",
    hint: "The six digits that your authenticator app shows now.",
    missing: "Write the code.",
  });
  field.input.classList.add("code");
  field.input.setAttribute("autocapitalize", "none");
  field.input.setAttribute("spellcheck", "false");
  if (!canRecover) return field;
  let isRecovery = false;
  const label = field.node.querySelector("label");
  const hint = field.node.querySelector(".hint");
  const button = h("button", { type: "button", class: "plain" });
  const draw = () => {
    label?.replaceChildren(isRecovery ? "Recovery code" : "Code");
    hint?.replaceChildren(
      isRecovery
        ? "One of the codes that you kept when you turned this on. Each works once."
        : "The six digits that your authenticator app shows now.",
    );
    field.input.inputMode = isRecovery ? "text" : "numeric";
    button.textContent = isRecovery ? "Use a code of the app" : "Use a recovery code";
  };
  button.addEventListener("click", () => {
    isRecovery = !isRecovery;
    field.clear();
    field.input.value = "";
    draw();
    field.input.focus();
  });
  draw();
  field.node.append(button);
  return field;
}
