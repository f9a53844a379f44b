import "../../tokens.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/reference.css";
import "./style/cards.css";
import { loadDocument, LoadError } from "./load.ts";
import type { Document } from "./model/openapi.ts";
import { announce, byId, h, icon } from "./view/dom.ts";
import { keyButton, keyPanel } from "./view/key-panel.ts";
import { bindMenu } from "./view/menu.ts";
import { page } from "./view/page.ts";
import { listenForSlash, sidebar } from "./view/sidebar.ts";
import { goToHash, spy } from "./view/spy.ts";
import { bindThemeButton, restoreTheme } from "./view/theme.ts";

function show(doc: Document): void {
  const made = page(doc, location.origin);
  const side = sidebar(made.chapters, made.groups);
  document.title = `${made.title} reference`;
  byId("version").textContent = made.version && `v${made.version.replace(/^v/, "")}`;
  byId("nav").replaceChildren(...side.nodes);
  const main = byId("main");
  main.replaceChildren(...made.nodes);
  main.removeAttribute("aria-busy");
  const menu = bindMenu(side.filter);
  listenForSlash(() => {
    menu.open();
    side.filter.focus();
    side.filter.select();
  });
  spy(made.parts, side.mark);
  goToHash();
}

function showFailure(problem: string): void {
  const main = byId("main");
  main.removeAttribute("aria-busy");
  const retry = h("button", { type: "button", class: "button" }, "Try again");
  retry.addEventListener("click", () => void start());
  main.replaceChildren(
    h(
      "div",
      { class: "failed", role: "alert" },
      icon("alert"),
      h("h1", {}, "The reference could not be loaded"),
      h("p", {}, problem),
      h("p", {}, retry, h("a", { href: "/openapi.json" }, "Open openapi.json itself")),
    ),
  );
  retry.focus();
}

function showLoading(): void {
  const main = byId("main");
  main.setAttribute("aria-busy", "true");
  main.replaceChildren(h("p", { class: "loading" }, "Loading the reference…"));
}

async function start(): Promise<void> {
  showLoading();
  try {
    show(await loadDocument());
  } catch (error) {
    if (!(error instanceof LoadError)) console.error(error);
    const reason = error instanceof Error ? error.message : String(error);
    showFailure(
      error instanceof LoadError
        ? reason
        : `This page has a mistake in it (${reason}). The document itself is still there.`,
    );
    announce("The reference could not be loaded");
  }
}

restoreTheme();
bindThemeButton(byId("theme"));
byId("tools").prepend(keyButton());
document.body.append(keyPanel());
void start();
