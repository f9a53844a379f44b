// The menu of the conversation, and the sheets it leads to.
import { isClosed } from "../model/state.ts";
import { ApiError } from "../net/api.ts";
import { safeHref } from "../text/linkify.ts";
import { freshId, h, type Child } from "./dom.ts";
import type { Ui } from "./ui.ts";

interface Item {
  label: string;
  act(): void;
}

export function menu(ui: Ui, button: HTMLElement, closed: () => void): HTMLElement {
  const items = itemsOf(ui).map(({ label, act }) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        tabindex: -1,
        onclick: () => {
          close();
          act();
        },
      },
      label,
    ),
  );
  const element = h(
    "div",
    { class: "sw-me", role: "menu", "aria-label": ui.words.say("options") },
    items,
  );
  const close = () => {
    element.remove();
    document.removeEventListener("pointerdown", outside);
    button.setAttribute("aria-expanded", "false");
    button.focus();
    closed();
  };
  const outside = (event: Event) => {
    const target = event.target as Node;
    if (!element.contains(target) && !button.contains(target)) close();
  };
  element.addEventListener("keydown", (event) => {
    const at = items.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      event.stopPropagation();
      close();
    } else if (to !== undefined) {
      event.preventDefault();
      items.at(to % items.length)?.focus();
    }
  });
  document.addEventListener("pointerdown", outside);
  button.setAttribute("aria-expanded", "true");
  queueMicrotask(() => items[0]?.focus());
  return element;
}

function itemsOf(ui: Ui): Item[] {
  const { words, chat } = ui;
  const { state } = chat;
  const items: Item[] = [];
  if (state.conversation) {
    items.push({ label: words.say("transcript"), act: () => void transcript(ui) });
    if (!isClosed(state)) items.push({ label: words.say("end_chat"), act: () => endSheet(ui) });
  }
  const isMuted = ui.isMuted();
  const sound = isMuted ? "sound_on" : "sound_off";
  items.push({ label: words.say(sound), act: () => ui.mute(!isMuted) });
  items.push({ label: words.say("your_data"), act: () => dataSheet(ui) });
  return items;
}

async function transcript({ words, chat, notice }: Ui): Promise<void> {
  try {
    await chat.transcript();
    notice(words.say("transcript_sent"));
  } catch (error) {
    const isRefused = error instanceof ApiError && error.status === 409;
    notice(words.say(isRefused ? "transcript_refused" : "did_not_work"));
  }
}

function endSheet(ui: Ui): void {
  const { words, chat } = ui;
  sheet(ui, words.say("end_chat"), words.say("end_confirm"), [
    action(ui, words.say("end_chat"), "sw-b", () => chat.end()),
  ]);
}

export function dataSheet(ui: Ui): void {
  const { words, chat } = ui;
  const { site, conversation } = chat.state;
  const href = safeHref(site.privacy_url ?? "");
  const rel = "noopener noreferrer";
  sheet(ui, words.say("your_data"), words.say("data_about", { site: site.name }), [
    href && h("a", { href, target: "_blank", rel }, words.say("privacy")),
    conversation && action(ui, words.say("transcript"), "sw-b q", () => transcript(ui)),
    h(
      "button",
      { type: "button", class: "sw-b q no", onclick: () => forgetSheet(ui) },
      words.say("forget"),
    ),
  ]);
}

function forgetSheet(ui: Ui): void {
  const { words, chat } = ui;
  sheet(ui, words.say("forget"), words.say("forget_confirm"), [
    action(ui, words.say("forget"), "sw-b no", async () => {
      await chat.forget();
      ui.forgotten();
    }),
  ]);
}

/** A button that stays pressed until its work is done, and says so if it failed. */
function action(ui: Ui, label: string, look: string, act: () => Promise<void>): HTMLElement {
  const button = h("button", { type: "button", class: look }, label);
  button.addEventListener("click", () => {
    button.disabled = true;
    act().then(
      () => ui.closeSheet(),
      () => {
        button.disabled = false;
        ui.closeSheet();
        ui.notice(ui.words.say("did_not_work"));
      },
    );
  });
  return button;
}

function sheet(ui: Ui, title: string, text: string, actions: Child[]): void {
  const [titleId, textId] = [freshId(), freshId()];
  ui.openSheet(
    h(
      "section",
      {
        class: "sw-sh",
        role: "alertdialog",
        "aria-modal": "true",
        "aria-labelledby": titleId,
        "aria-describedby": textId,
      },
      h("h2", { id: titleId }, title),
      h("p", { id: textId }, text),
      actions,
      h(
        "button",
        { type: "button", class: "sw-b q", onclick: () => ui.closeSheet() },
        ui.words.say("cancel"),
      ),
    ),
  );
}
