// The form under a sample: fields for what the request takes, and a button that really sends it.
import type { Document, Parameter } from "../model/openapi.ts";
import {
  bodyText,
  buildRequest,
  jsonProblem,
  missingParameters,
  parameterHint,
  typedKey,
  type Typed,
} from "../model/request.ts";
import { isJsonType, pickMedia, type Operation } from "../model/reference.ts";
import { flatten } from "../model/schema.ts";
import { send, SendError } from "../model/send.ts";
import { answerCard, problemCard } from "./answer.ts";
import { announce, freshId, h, icon } from "./dom.ts";
import { keyButton } from "./key-panel.ts";
import { apiKey } from "./session.ts";

const BODY_ROWS_MIN = 4;
const BODY_ROWS_MAX = 16;

export interface TryForm {
  form: HTMLFormElement;
  answer: HTMLElement;
}

export function tryForm(
  doc: Document,
  operation: Operation,
  typed: Typed,
  base: string,
  onTyped: () => void,
): TryForm {
  const fields = operation.parameters
    .filter((one) => one.in !== "cookie")
    .map((one) => parameterField(doc, one, typed, onTyped));
  const body = bodyField(doc, operation, typed, onTyped);
  const answer = h("div", { class: "answer-box" });
  const button = h("button", { type: "submit", class: "button" });
  let running: AbortController | undefined;
  const draw = () => {
    const [name, words] = running
      ? (["stop", "Stop"] as const)
      : (["play", "Send request"] as const);
    button.replaceChildren(icon(name), words);
  };
  const run = async () => {
    running = new AbortController();
    draw();
    try {
      const request = buildRequest(doc, operation, { ...typed, key: apiKey.get() }, base);
      const got = await send(request, running.signal);
      answer.replaceChildren(answerCard(got));
      announce(`Answer: ${String(got.status)}`);
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      answer.replaceChildren(problemCard(error.message));
    } finally {
      running = undefined;
      draw();
    }
  };
  const form = h(
    "form",
    { class: "try", novalidate: true, "aria-label": `Try: ${operation.title}` },
    operation.credential && h("div", { class: "try-key" }, keyNote(operation), keyButton()),
    fields.map((field) => field.box),
    body,
    h(
      "div",
      { class: "try-actions" },
      h("p", { class: "try-warning" }, warning(operation)),
      button,
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) {
      running.abort();
      return;
    }
    if (showMissing(operation, typed, fields)) void run();
  });
  draw();
  return { form, answer };
}

/** Marks what is missing and goes to the first; true when nothing is. */
function showMissing(operation: Operation, typed: Typed, fields: Field[]): boolean {
  const missing = missingParameters(operation, typed);
  for (const field of fields) field.mark(missing.includes(field.parameter));
  const first = fields.find((field) => missing.includes(field.parameter));
  first?.control.focus();
  return first === undefined;
}

function warning(operation: Operation): string {
  if (operation.method === "get" || operation.method === "head") return "";
  return "This is a real request: it can change data.";
}

function keyNote(operation: Operation): HTMLElement {
  const note = h("p", {});
  const draw = () => {
    note.textContent = apiKey.get()
      ? "Sent with your key."
      : `Add your key first${operation.scopes.length > 0 ? `; it needs ${operation.scopes.join(", ")}` : ""}.`;
  };
  apiKey.watch(draw);
  draw();
  return note;
}

interface Field {
  parameter: Parameter;
  box: HTMLElement;
  control: HTMLElement;
  mark: (isMissing: boolean) => void;
}

function parameterField(
  doc: Document,
  parameter: Parameter,
  typed: Typed,
  onTyped: () => void,
): Field {
  const id = freshId("field");
  const name = parameter.name ?? "";
  const isRequired = parameter.required === true || parameter.in === "path";
  const choices = parameter.schema ? flatten(doc, parameter.schema).schema.enum : undefined;
  const control = choices
    ? h(
        "select",
        { id },
        h("option", { value: "" }, isRequired ? "Choose…" : "Not sent"),
        choices.map((choice) => h("option", {}, String(choice))),
      )
    : h("input", {
        id,
        type: "text",
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        placeholder: parameterHint(doc, parameter),
      });
  const problem = h("p", { class: "field-problem", id: `${id}-problem`, hidden: true });
  problem.textContent = `Give ${name}: the request cannot be sent without it.`;
  const mark = (isMissing: boolean) => {
    problem.hidden = !isMissing;
    control.setAttribute("aria-invalid", String(isMissing));
  };
  control.setAttribute("aria-describedby", problem.id);
  control.addEventListener("input", () => {
    typed.parameters.set(typedKey(parameter), control.value);
    if (control.value !== "") mark(false);
    onTyped();
  });
  const where = isRequired ? `${parameter.in ?? ""}, required` : parameter.in;
  const label = h("label", { for: id }, h("code", {}, name), h("span", {}, where));
  return {
    parameter,
    box: h("div", { class: "try-field" }, label, control, problem),
    control,
    mark,
  };
}

function bodyField(
  doc: Document,
  operation: Operation,
  typed: Typed,
  onTyped: () => void,
): HTMLElement | false {
  const media = pickMedia(operation.body?.content);
  const text = bodyText(doc, operation);
  if (!media || text === undefined) return false;
  const [type] = media;
  const id = freshId("body");
  const rows = Math.min(BODY_ROWS_MAX, Math.max(BODY_ROWS_MIN, text.split("\n").length));
  const area = h("textarea", { id, rows, spellcheck: "false", autocomplete: "off" });
  area.value = typed.body ?? text;
  const problem = h("p", { class: "field-problem", id: `${id}-problem`, hidden: true });
  area.setAttribute("aria-describedby", problem.id);
  const expectsJson = isJsonType(type) || type.startsWith("multipart/") || type.includes("form");
  area.addEventListener("input", () => {
    typed.body = area.value;
    const wrong = expectsJson ? jsonProblem(area.value) : undefined;
    problem.hidden = wrong === undefined;
    problem.textContent = wrong ? `Not JSON yet (${wrong}). It would be sent as it stands.` : "";
    onTyped();
  });
  return h(
    "div",
    { class: "try-field" },
    h("label", { for: id }, h("code", {}, "body"), h("span", {}, type)),
    area,
    problem,
  );
}
