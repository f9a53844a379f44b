// Light or dark: the system's choice until the reader makes one.
import { load, store } from "./session.ts";

const THEME_ITEM = "switchboard-docs-theme";

export function restoreTheme(): void {
  const stored = load(THEME_ITEM);
  if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
}

export function bindThemeButton(button: HTMLElement): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : system.matches;
  };
  const draw = () => {
    button.setAttribute("aria-pressed", String(isDark()));
  };
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    store(THEME_ITEM, next);
    draw();
  });
  system.addEventListener("change", draw);
  draw();
}
