// The sidebar on narrow screens: a sheet over the page, closed by Escape or by going somewhere.
import { byId } from "./dom.ts";

/** Has the same value in layout.css. */
const NARROW = matchMedia("(max-width: 860px)");

export function bindMenu(first: HTMLElement): { open: () => void } {
  const button = byId("menu");
  const nav = byId("nav");
  const set = (isOpen: boolean) => {
    document.body.classList.toggle("menu-open", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
    // What lies under the sheet must not take the focus.
    byId("main").inert = isOpen;
  };
  const open = () => {
    if (NARROW.matches) set(true);
  };
  button.addEventListener("click", () => {
    const isOpen = !document.body.classList.contains("menu-open");
    set(isOpen);
    if (isOpen) first.focus();
  });
  nav.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) set(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.body.classList.contains("menu-open")) return;
    set(false);
    button.focus();
  });
  NARROW.addEventListener("change", () => {
    set(false);
  });
  return { open };
}
