// What came back from a request that was really sent.
import { headerLabel, isKnownHeader, ANSWER_CHARS_MAX, type Answer } from "../model/send.ts";
import { isFailure, statusText } from "../model/reference.ts";
import { pre } from "./code.ts";
import { copyButton, h, icon } from "./dom.ts";

export function answerCard(answer: Answer): HTMLElement {
  const status = String(answer.status);
  const words = `${status} ${answer.statusText || statusText(status)}`.trim();
  const known = answer.headers.filter(([name]) => isKnownHeader(name));
  const others = answer.headers.filter(([name]) => !isKnownHeader(name));
  const body = answer.body;
  return h(
    "div",
    { class: "card answer", role: "group", "data-theme": "dark", "aria-label": "Answer" },
    h(
      "div",
      { class: "card-head" },
      h(
        "p",
        { class: "card-title" },
        h("span", { class: isFailure(status) ? "dot is-failure" : "dot", "aria-hidden": "true" }),
        h("strong", { class: "answer-status" }, words),
      ),
      h("span", { class: "card-note num" }, `${String(answer.milliseconds)} ms, ${answer.size}`),
      copyButton("Copy the answer", () => body),
    ),
    headerTable(known),
    others.length > 0 &&
      h(
        "details",
        { class: "answer-more" },
        h("summary", {}, `${String(others.length)} more headers`),
        headerTable(others),
      ),
    body === ""
      ? h("p", { class: "card-empty" }, "The answer has no body.")
      : pre(body, answer.isJson ? "json" : "", "Body of the answer"),
    answer.isCut &&
      h(
        "p",
        { class: "card-empty" },
        `Cut after ${ANSWER_CHARS_MAX.toLocaleString("en")} characters; the server sent ${answer.size}.`,
      ),
  );
}

function headerTable(headers: [string, string][]): HTMLElement | false {
  if (headers.length === 0) return false;
  return h(
    "dl",
    { class: "answer-headers" },
    headers.map(([name, value]) => [h("dt", {}, headerLabel(name)), h("dd", {}, value)]),
  );
}

export function problemCard(text: string): HTMLElement {
  return h("p", { class: "problem", role: "alert" }, icon("alert"), text);
}
