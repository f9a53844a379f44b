import { add, byId, h, type Child } from "../../../dom.ts";

export * from "../../../dom.ts";

/** Puts a step on the page: its title, what is in it, and the focus where the reader goes on. */
export function show(title: string, ...children: Child[]): void {
  document.title = `${title} – Switchboard`;
  const main = byId("main");
  main.removeAttribute("aria-busy");
  const heading = h("h1", { tabindex: -1 }, title);
  main.replaceChildren(heading);
  add(main, children);
  (main.querySelector<HTMLElement>("[data-first]") ?? heading).focus();
}
