// The parts of the account page, and the lists in them.
import { problemBox, showProblem } from "./act.ts";
import { add, announce, freshId, h, type Child } from "./dom.ts";

export interface Section {
  node: HTMLElement;
  /** Shows something else in it, and says so. The focus goes to the title if it was in there. */
  fill(...children: Child[]): void;
}

export function section(title: string, about: Child, ...children: Child[]): Section {
  const id = freshId("section");
  const heading = h("h2", { id, tabindex: -1 }, title);
  const body = h("div", { class: "section-body" }, children);
  return {
    node: h(
      "section",
      { "aria-labelledby": id },
      heading,
      about !== "" && h("p", { class: "about" }, about),
      body,
    ),
    fill(...next) {
      const hadFocus = body.contains(document.activeElement);
      body.replaceChildren();
      add(body, next);
      if (!hadFocus) return;
      (body.querySelector<HTMLElement>("[data-first]") ?? heading).focus();
    },
  };
}

interface ListSpec<T> {
  load(): Promise<T[]>;
  empty: string;
  /** `gone` takes the row out and says these words. */
  row(item: T, gone: (words: string) => void): HTMLElement;
}

/** What the server can be asked for again. */
export interface Loaded {
  node: HTMLElement;
  load(): Promise<void>;
}

export function list<T>(spec: ListSpec<T>): Loaded {
  const box = problemBox();
  const rows = h("ul", { class: "rows" });
  const state = h("p", { class: "quiet" });
  const node = h("div", { class: "list" }, box, state, rows);
  const tellEmpty = () => {
    state.textContent = rows.childElementCount === 0 ? spec.empty : "";
  };
  const addRow = (item: T) => {
    const row = spec.row(item, (words) => {
      row.remove();
      tellEmpty();
      announce(words);
      node.closest("section")?.querySelector<HTMLElement>("h2")?.focus();
    });
    rows.append(row);
  };
  const load = async () => {
    box.replaceChildren();
    if (rows.childElementCount === 0) state.textContent = "Loading…";
    try {
      const items = await spec.load();
      rows.replaceChildren();
      items.forEach(addRow);
      tellEmpty();
    } catch (error) {
      state.textContent = "";
      showProblem(box, error, () => void load());
    }
  };
  return { node, load };
}

export function row(title: Child, details: Child[], act: Child, box: HTMLElement): HTMLElement {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "row" },
      h(
        "div",
        { class: "row-text" },
        h("p", { class: "row-title" }, title),
        details.map((detail) => h("p", { class: "quiet" }, detail)),
      ),
      act,
    ),
    box,
  );
}
