// The list of everything, and the box that narrows it.
import type { Group, Operation } from "../model/reference.ts";
import { announce, h } from "./dom.ts";
import { methodBadge } from "./operation.ts";

/** Screen readers hear the count when the typing pauses, not at every letter. */
const COUNT_PAUSE_MS = 400;

export interface Chapter {
  anchor: string;
  title: string;
}

interface Entry {
  item: HTMLElement;
  haystack: string;
}

export interface Sidebar {
  nodes: HTMLElement[];
  filter: HTMLInputElement;
  mark: (anchor: string) => void;
}

export function sidebar(chapters: Chapter[], groups: Group[]): Sidebar {
  const entries: Entry[] = [];
  const links = new Map<string, HTMLAnchorElement>();
  const entry = (anchor: string, haystack: string, inside: (Node | string)[]) => {
    const link = h("a", { href: `#${anchor}` }, inside);
    links.set(anchor, link);
    const item = h("li", {}, link);
    entries.push({ item, haystack: haystack.toLowerCase() });
    return item;
  };
  const basics = chapters.map(({ anchor, title }) => entry(anchor, title, [title]));
  const lists = [
    basics.length > 0 ? section("Basics", basics) : undefined,
    ...groups.map((group) => {
      const items = group.operations.map((operation) =>
        entry(operation.anchor, haystackOf(group, operation), [
          methodBadge(operation.method, true),
          h("span", { class: operation.deprecated ? "is-old" : undefined }, operation.title),
        ]),
      );
      return section(group.name, items, group.anchor, links);
    }),
  ].filter((one) => one !== undefined);
  const none = h("p", { class: "no-match", hidden: true });
  const filter = filterBox(entries, lists, none);
  const box = h(
    "div",
    { class: "filter" },
    h("label", { for: "filter", class: "visually-hidden" }, "Filter the operations"),
    filter,
    h("kbd", { "aria-hidden": "true" }, "/"),
  );
  let marked: HTMLAnchorElement | undefined;
  const mark = (anchor: string) => {
    const link = links.get(anchor);
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    marked = link;
    link?.setAttribute("aria-current", "true");
    link?.scrollIntoView({ block: "nearest" });
  };
  return { nodes: [box, h("div", { class: "lists" }, lists, none)], filter, mark };
}

function section(
  name: string,
  items: HTMLElement[],
  anchor?: string,
  links?: Map<string, HTMLAnchorElement>,
): HTMLElement {
  const title = anchor ? h("a", { href: `#${anchor}` }, name) : name;
  if (anchor && title instanceof HTMLAnchorElement) links?.set(anchor, title);
  return h("section", {}, h("h2", {}, title), h("ul", {}, items));
}

function haystackOf(group: Group, { method, path, title, anchor, scopes }: Operation): string {
  return [method, path, title, anchor, group.name, ...scopes].join(" ");
}

function filterBox(entries: Entry[], lists: HTMLElement[], none: HTMLElement): HTMLInputElement {
  let pause: ReturnType<typeof setTimeout> | undefined;
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { item, haystack } of entries) {
      item.hidden = !words.every((word) => haystack.includes(word));
      if (!item.hidden) count++;
    }
    for (const list of lists) list.hidden = list.querySelector("li:not([hidden])") === null;
    none.hidden = count > 0;
    none.textContent = `Nothing matches “${filter.value.trim()}”. Try a path, a method or fewer words.`;
    clearTimeout(pause);
    if (words.length === 0) return;
    pause = setTimeout(() => {
      announce(count === 1 ? "1 entry matches" : `${String(count)} entries match`);
    }, COUNT_PAUSE_MS);
  };
  const filter = h("input", {
    id: "filter",
    type: "search",
    placeholder: "Filter",
    autocomplete: "off",
    spellcheck: "false",
    "aria-keyshortcuts": "/",
  });
  const firstLink = () =>
    lists.flatMap((list) => [
      ...list.querySelectorAll<HTMLAnchorElement>("li:not([hidden]) > a"),
    ])[0];
  filter.addEventListener("input", apply);
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && filter.value !== "") {
      event.stopPropagation(); // the first Escape clears, the next closes
      filter.value = "";
      apply();
    } else if (event.key === "Enter") {
      firstLink()?.click();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      firstLink()?.focus();
    }
  });
  return filter;
}

/** `/` goes to the filter, unless the reader is typing. */
export function listenForSlash(open: () => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (at instanceof Element && at.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    open();
  });
}
