// What a site asks before the first message, and what it asks while it is closed.
import type { Consent, Field } from "../../shared/site.ts";
import { fieldView, type FieldView } from "./field.ts";
import { freshId, h, icon, set, type Child } from "./dom.ts";
import { safeHref } from "../text/linkify.ts";
import type { Ui } from "./ui.ts";

export const QUESTION = "question";

interface Asked {
  fields: Field[];
  consent: Consent | null;
  questionLabel: string;
  questionHint: string;
  button: string;
  note: string;
}

export class FormView {
  readonly element: HTMLFormElement;
  #ui: Ui;
  #fields: FieldView[];
  #consent: HTMLInputElement | undefined;
  #consentHint = h("span", { class: "sw-h", id: freshId() });

  constructor(asked: Asked, ui: Ui) {
    this.#ui = ui;
    this.#fields = [...asked.fields, questionField(asked)].map((field) =>
      fieldView(field, this.#known(field), ui, () => this.#keep()),
    );
    const question = this.#fields.at(-1);
    set(question?.control ?? this.#consentHint, "placeholder", asked.questionHint || null);
    if (asked.note) question?.element.append(h("span", { class: "sw-h sw-s" }, asked.note));
    this.element = h(
      "form",
      {
        class: "sw-f",
        novalidate: true,
        onsubmit: (event: Event) => {
          event.preventDefault();
          this.#submit(asked);
        },
      },
      this.#fields.map((field) => field.element),
      asked.consent && this.#consentLine(asked.consent),
      h("button", { class: "sw-b" }, asked.button),
    );
  }

  focus(): void {
    const empty = this.#fields.find((field) => !field.value()) ?? this.#fields.at(-1);
    empty?.control.focus();
  }

  prefill(text: string): void {
    const question = this.#fields.at(-1);
    if (question) question.control.value = text;
    this.#keep();
  }

  /** What was typed before, or what is known of the visitor: nobody types twice. */
  #known({ name }: Field): string {
    const { keeper, chat } = this.#ui;
    const { visitor } = chat.state;
    const told = name === "email" ? visitor?.email : name === "name" ? visitor?.name : undefined;
    if (name === QUESTION) return keeper.kept.form[name] || keeper.kept.draft;
    return keeper.kept.form[name] ?? told ?? "";
  }

  #keep(): void {
    const form = Object.fromEntries(this.#fields.map((field) => [field.name, field.value()]));
    this.#ui.keeper.set({ form });
  }

  #submit(asked: Asked): void {
    const wrong = this.#fields.filter((field) => !field.check());
    const isConsentMissing = asked.consent?.is_required === true && !this.#consent?.checked;
    if (this.#consent) this.#sayConsent(isConsentMissing);
    wrong[0]?.control.focus();
    if (wrong.length > 0) return;
    if (isConsentMissing) return this.#consent?.focus();
    const filled = this.#fields.filter((field) => field.value() && field.name !== QUESTION);
    const values = Object.fromEntries(filled.map((field) => [field.name, field.value()]));
    const body = this.#fields.at(-1)?.value() ?? "";
    const isAgreed = this.#consent?.checked === true && asked.consent;
    this.#ui.keeper.set({ form: {} });
    this.#ui.chat.say(body, {
      fields: values,
      ...(isAgreed && { consent: isAgreed.version }),
    });
  }

  #consentLine(consent: Consent): Child {
    const { words, chat } = this.#ui;
    this.#consent = h("input", {
      type: "checkbox",
      required: consent.is_required,
      onchange: () => this.#sayConsent(false),
    });
    const href = safeHref(chat.state.site.privacy_url ?? "");
    const rel = "noopener noreferrer";
    return h(
      "div",
      {},
      h(
        "label",
        { class: "sw-k" },
        this.#consent,
        h(
          "span",
          { dir: "auto" },
          consent.text,
          href && [" ", h("a", { href, target: "_blank", rel }, words.say("privacy"))],
        ),
      ),
      this.#consentHint,
    );
  }

  #sayConsent(isMissing: boolean): void {
    const text = isMissing ? [icon("alert"), this.#ui.words.say("consent_needed")] : [];
    this.#consentHint.replaceChildren(...text);
    this.#consentHint.classList.toggle("no", isMissing);
    if (!this.#consent) return;
    set(this.#consent, "aria-invalid", isMissing ? "true" : null);
    set(this.#consent, "aria-describedby", isMissing ? this.#consentHint.id : null);
  }
}

function questionField({ questionLabel }: Asked): Field {
  return { name: QUESTION, label: questionLabel, type: "textarea", is_required: true, options: [] };
}
