// The site's colours on the page: accent and scheme. Set on the element's style object, which the
// content policy allows where it forbids style attributes.
import type { Site } from "../shared/site.ts";
import { accentFor } from "./contrast.ts";

const dark = () => matchMedia("(prefers-color-scheme: dark)");

export function applyTheme(theme: Site["theme"], root: HTMLElement): void {
  const scheme = theme.scheme === "auto" ? (dark().matches ? "dark" : "light") : theme.scheme;
  root.dataset["theme"] = scheme;
  const { accent, accentInk, accentSoft } = accentFor(theme.accent, scheme);
  root.style.setProperty("--accent", accent);
  root.style.setProperty("--accent-ink", accentInk);
  root.style.setProperty("--accent-soft", accentSoft);
  root.style.setProperty("--focus", accent);
}

export function onSchemeChange(changed: () => void): void {
  dark().addEventListener("change", changed);
}
