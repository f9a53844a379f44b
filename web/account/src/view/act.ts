// Doing something the server may refuse: what went wrong is always shown, and nothing is sent twice.
import { Problem } from "../../../api.ts";
import { announce, h, icon, type Child } from "./dom.ts";

/** The reader closed a dialog: there is nothing to tell. */
export class Cancelled extends Error {}

/** A place for what went wrong. It is there from the start, so that screen readers watch it. */
export function problemBox(): HTMLElement {
  return h("div", { class: "problem-box", role: "alert" });
}

export function inWords(error: unknown): string {
  if (error instanceof Problem) return error.message;
  console.error(error);
  const reason = error instanceof Error ? error.message : String(error);
  return `This page has a mistake in it (${reason}). Reload it and try again.`;
}

export function showProblem(box: HTMLElement, error: unknown, again?: () => void): void {
  if (error instanceof Cancelled) return;
  const words = inWords(error);
  const isPassing = error instanceof Problem && error.isPassing;
  box.replaceChildren(
    h(
      "p",
      { class: "problem" },
      icon("alert"),
      h("span", {}, words),
      again && isPassing && h("button", { type: "button", onclick: again }, "Try again"),
    ),
  );
}

/** Runs once at a time: the button says what goes on, and keeps the focus meanwhile. */
export async function whileBusy(
  button: HTMLButtonElement,
  words: string,
  run: () => Promise<void>,
): Promise<void> {
  if (isBusy(button)) return;
  const before = [...button.childNodes];
  button.setAttribute("aria-disabled", "true");
  button.replaceChildren(h("span", { class: "spinner", "aria-hidden": "true" }), words);
  try {
    await run();
  } finally {
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...before);
  }
}

export function isBusy(button: HTMLButtonElement): boolean {
  return button.getAttribute("aria-disabled") === "true";
}

interface ActSpec {
  label: Child;
  busy: string;
  box: HTMLElement;
  run(): Promise<void>;
  class?: string | undefined;
  /** What assistive technology hears in place of a label that many rows share. */
  name?: string | undefined;
}

export function actButton(spec: ActSpec): HTMLButtonElement {
  const act = () => {
    void whileBusy(button, spec.busy, async () => {
      spec.box.replaceChildren();
      try {
        await spec.run();
      } catch (error) {
        showProblem(spec.box, error, act);
      }
    });
  };
  const button = h(
    "button",
    { type: "button", class: spec.class, "aria-label": spec.name, onclick: act },
    spec.label,
  );
  return button;
}

interface SureSpec extends ActSpec {
  label: string;
  question: string;
  /** The same act, named in full on the button that does it. */
  sure: string;
}

/** For what cannot be undone: the question comes in the same place, before anything is sent. */
export function sureButton(spec: SureSpec): HTMLElement {
  const close = () => {
    place.replaceChildren(first);
    place.classList.remove("is-asking");
  };
  const first = h(
    "button",
    { type: "button", class: spec.class, "aria-label": spec.name },
    spec.label,
  );
  const place = h("div", { class: "sure" }, first);
  first.addEventListener("click", () => {
    const sure = actButton({ ...spec, label: spec.sure, name: undefined, class: "danger" });
    const keep = h("button", { type: "button" }, "Cancel");
    keep.addEventListener("click", () => {
      spec.box.replaceChildren();
      close();
      first.focus();
    });
    place.classList.add("is-asking");
    place.replaceChildren(h("p", {}, spec.question), h("div", { class: "actions" }, sure, keep));
    announce(spec.question);
    sure.focus();
  });
  return place;
}
