// The three heads of the panel: greeting, conversation, closed.
import type { ChatState } from "../model/state.ts";
import type { Person } from "../model/wire.ts";
import { plainName } from "../text/name.ts";
import { face } from "./face.ts";
import { h, icon, iconButton } from "./dom.ts";
import { opening } from "./times.ts";
import type { Ui } from "./ui.ts";

const FACES_MAX = 3;

export interface Head {
  element: HTMLElement;
  /** What it shows: while that stays the same, so does the element. */
  sign: string;
}

function closeButton({ words, close }: Ui): HTMLElement {
  return iconButton("down", words.say("close_chat"), { onclick: close });
}

/** The texts of a site in the visitor's language, then in English, then ours. */
export function siteTexts({ chat, words }: Ui): { greeting: string; intro: string } {
  const { texts } = chat.state.site;
  const own = texts[words.locale] ?? texts[words.locale.split("-")[0] ?? ""] ?? texts["en"] ?? {};
  return {
    greeting: own.greeting ?? words.say("greeting"),
    intro: own.intro ?? words.say("intro"),
  };
}

export function greetingHead(ui: Ui, titleId: string): HTMLElement {
  const { greeting, intro } = siteTexts(ui);
  const people = (ui.chat.state.team?.operators ?? []).slice(0, FACES_MAX);
  return h(
    "header",
    { class: "sw-hi" },
    people.length > 0 &&
      h(
        "div",
        { class: "sw-st", "aria-hidden": "true" },
        people.map((one) => face(one)),
      ),
    h("h1", { id: titleId, dir: "auto" }, greeting),
    h("p", { dir: "auto" }, intro),
    closeButton(ui),
  );
}

export function closedHead(ui: Ui, titleId: string): HTMLElement {
  const { words, chat } = ui;
  const { closed_text: title, next_open_at: at } = chat.state.site;
  return h(
    "header",
    { class: "sw-hi off" },
    h("h1", { id: titleId, dir: "auto" }, title ?? words.say("closed")),
    h("p", {}, words.say("closed_hint")),
    at && openingCard(ui, at),
    closeButton(ui),
  );
}

function openingCard({ words, chat }: Ui, at: string): HTMLElement {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { when, place, offset, there } = opening(words, at, chat.state.site.timezone, zone);
  return h(
    "p",
    { class: "sw-nx" },
    icon("wait"),
    h(
      "span",
      {},
      h("b", {}, words.say("back", { when })),
      h("span", { class: "sw-s" }, words.say("your_time", { place, offset })),
      there && h("span", { class: "sw-s" }, words.say("time_in", there)),
    ),
  );
}

export function talkHead(
  ui: Ui,
  titleId: string,
  openMenu: (button: HTMLElement) => void,
): HTMLElement {
  const { words, chat } = ui;
  const { state } = chat;
  const operator = speaker(state);
  const isOnline = state.team?.online === true && state.site.is_open;
  const more: HTMLButtonElement = iconButton("more", words.say("options"), {
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    onclick: () => openMenu(more),
  });
  return h(
    "header",
    { class: "sw-hd" },
    face(operator ?? { name: state.site.name, avatar_url: null }, { isOnline }),
    h(
      "div",
      {},
      h("h1", { id: titleId }, h("bdi", {}, plainName(operator?.name ?? "") || state.site.name)),
      h("p", { class: "sw-s" }, statusText(ui, isOnline)),
    ),
    more,
    closeButton(ui),
  );
}

function statusText(ui: Ui, isOnline: boolean): string {
  const { words, chat } = ui;
  if (chat.state.team === null) return words.say("connecting");
  return words.say(isOnline ? "online" : "away");
}

function speaker(state: ChatState): Person | null {
  return state.isBeginning ? null : (state.conversation?.operator ?? null);
}
