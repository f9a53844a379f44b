// The whole view library. Children that are strings become text nodes, never markup.

export type Child = Node | string | false | null | undefined | Child[];
type Value = string | number | boolean | undefined | ((event: never) => void);
export type Props = Record<string, Value>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as (event: Event) => void);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...flat(children));
  return element;
}

export function flat(children: Child[]): (Node | string)[] {
  return children
    .flat(9)
    .filter((child): child is Node | string => child instanceof Node || !!child);
}

/** Changes an attribute only if it differs: screen readers hear every write. */
export function set(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

export type IconName =
  | "down"
  | "close"
  | "more"
  | "send"
  | "clip"
  | "smile"
  | "read"
  | "sent"
  | "wait"
  | "alert"
  | "file"
  | "get"
  | "net"
  | "bot"
  | "f1"
  | "f2"
  | "f3"
  | "f4"
  | "f5";

/** A drawing from the sprite in frame.html. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name: IconName, label: string, props: Props = {}): HTMLButtonElement {
  return h(
    "button",
    { type: "button", class: "sw-ib", "aria-label": label, title: label, ...props },
    icon(name),
  );
}

/** Words for ears only. */
export function spoken(text: string): HTMLElement {
  return h("span", { class: "sw-x" }, text);
}

let lastId = 0;

/** An id for pairs of label and field. */
export function freshId(): string {
  lastId += 1;
  return `sw-${String(lastId)}`;
}

/** Text with `{name}` in it, where a name stands for an element. */
export function fillNodes(text: string, nodes: Record<string, Node>): (Node | string)[] {
  return text
    .split(/(\{\w+\})/)
    .map((part) => nodes[part.slice(1, -1)] ?? part)
    .filter((part) => part !== "");
}

/** Words decide the direction of a field; while it is empty, the language around it does. */
export function followDirection(field: HTMLInputElement | HTMLTextAreaElement): void {
  set(field, "dir", field.value ? "auto" : document.documentElement.dir || "ltr");
}
