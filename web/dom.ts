// The view library of the pages that are no widget. Children that are strings become text nodes, never
// markup.

export type Child = Node | string | number | false | null | undefined | Child[];
type Value = string | number | boolean | undefined | ((event: Event) => void);
export type Props = Record<string, Value>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

export function add(parent: Node, children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(parent, child);
    else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

const SVG = "http://www.w3.org/2000/svg";
export type IconName = "alert" | "check" | "copy" | "key" | "link" | "mail" | "play" | "stop";

/** A drawing from the sprite in index.html. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.appendChild(use);
  return svg;
}

let lastId = 0;

/** An id for pairs of label and field, tab and panel. */
export function freshId(what: string): string {
  lastId += 1;
  return `_${what}-${String(lastId)}`;
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/** Tells screen readers what just changed. */
export function announce(text: string): void {
  byId("status").textContent = text;
}

export async function copy(text: string): Promise<void> {
  // Plain http on another machine's address has no clipboard: self-hosters meet that first.
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard) return clipboard.writeText(text);
  const area = h("textarea", { class: "visually-hidden", "aria-hidden": "true" }, text);
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (!isDone) throw new Error("copy was refused");
}
