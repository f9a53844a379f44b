// The right-hand side of an operation: the samples, "Try it", and the documented answers.
import { mediaExample } from "../model/example.ts";
import { formatJson } from "../model/json.ts";
import {
  follow,
  type Document,
  type Example,
  type Media,
  type Response,
} from "../model/openapi.ts";
import { buildRequest, emptyTyped } from "../model/request.ts";
import {
  isFailure,
  isJsonType,
  pickMedia,
  statusText,
  type Operation,
} from "../model/reference.ts";
import { LANGUAGES, sample } from "../model/samples.ts";
import { pre } from "./code.ts";
import { copyButton, freshId, h, icon } from "./dom.ts";
import { apiKey, language } from "./session.ts";
import { tabs, type Tab } from "./tabs.ts";
import { tryForm } from "./try-form.ts";

export function operationRail(doc: Document, operation: Operation, base: string): HTMLElement {
  return h(
    "div",
    { class: "rail" },
    requestCard(doc, operation, base),
    responseCard(doc, operation),
  );
}

function requestCard(doc: Document, operation: Operation, base: string): HTMLElement[] {
  const typed = emptyTyped();
  const hasAnswer = answersJson(operation);
  const text = () =>
    sample(
      language.get(),
      buildRequest(doc, operation, { ...typed, key: apiKey.get() }, base),
      hasAnswer,
    );
  const languages = tabs(
    "Language",
    LANGUAGES.map((one) => ({
      label: one,
      panel: () => pre(text(), one, `${one} sample`),
    })),
    (index) => {
      language.set(LANGUAGES[index] ?? "curl");
    },
  );
  const follow = () => {
    languages.select(LANGUAGES.indexOf(language.get()));
  };
  language.watch(follow);
  apiKey.watch(() => {
    languages.redraw();
  });
  follow();

  const boxId = freshId("try");
  const box = h("div", { id: boxId, hidden: true });
  const answerBox = h("div", {});
  const toggle = h(
    "button",
    {
      type: "button",
      class: "button try-toggle",
      "aria-expanded": "false",
      "aria-controls": boxId,
    },
    icon("play"),
    "Try it",
  );
  toggle.addEventListener("click", () => {
    if (box.childNodes.length === 0) {
      const made = tryForm(doc, operation, typed, base, languages.redraw);
      box.append(made.form);
      answerBox.append(made.answer);
    }
    box.hidden = !box.hidden;
    toggle.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) box.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
  });
  const card = h(
    "div",
    { class: "card", role: "group", "data-theme": "dark", "aria-label": "Request" },
    h("div", { class: "card-head" }, languages.list, copyButton("Copy the request", text)),
    languages.panel,
    h("div", { class: "card-foot" }, keyState(operation), toggle),
    box,
  );
  return [card, answerBox];
}

function keyState(operation: Operation): HTMLElement {
  const note = h("p", {});
  const draw = () => {
    if (!operation.credential) note.textContent = "Needs no key";
    else note.textContent = apiKey.get() ? "Your key is filled in" : "Add your key to fill it in";
  };
  apiKey.watch(draw);
  draw();
  return note;
}

function answersJson(operation: Operation): boolean {
  const good = operation.responses.find(([status]) => !isFailure(status));
  const media = pickMedia(good?.[1].content);
  return media !== undefined && isJsonType(media[0]);
}

function responseCard(doc: Document, operation: Operation): HTMLElement | false {
  const all = operation.responses.flatMap(([status, response]) =>
    responseTabs(doc, status, response),
  );
  if (all.length === 0) return false;
  const shown = tabs(
    "Answer",
    all.map((one) => one.tab),
    (index) => {
      current = index;
    },
  );
  let current = 0;
  return h(
    "div",
    { class: "card", role: "group", "data-theme": "dark", "aria-label": "Documented answers" },
    h(
      "div",
      { class: "card-head" },
      shown.list,
      copyButton("Copy the answer", () => all[current]?.text ?? ""),
    ),
    shown.panel,
  );
}

/** A tab per named example, or one for the status. */
function responseTabs(
  doc: Document,
  status: string,
  response: Response,
): { tab: Tab; text: string }[] {
  const media = pickMedia(response.content);
  const label = isFailure(status) ? status : `${status} ${statusText(status)}`.trim();
  const title = response.description;
  if (!media) {
    const panel = () => h("p", { class: "card-empty" }, "No body.");
    return [{ tab: { label, title, panel }, text: "" }];
  }
  return examplesOf(doc, media[1]).map(([name, value]) => {
    const isText = typeof value === "string" && !isJsonType(media[0]);
    const text = isText ? value : formatJson(value);
    const own = name ? `${status} ${name}` : label;
    return { tab: { label: own, title, panel: () => pre(text, isText ? "" : "json", own) }, text };
  });
}

function examplesOf(doc: Document, media: Media): [string, unknown][] {
  const named = Object.entries(media.examples ?? {});
  if (named.length > 1 && media.example === undefined) {
    return named.map(([name, one]) => [name, follow<Example>(doc, one)?.value]);
  }
  return [["", mediaExample(doc, media, "response")]];
}
