// The scrolling list of messages. Lines are kept while they stay the same, so that nothing jumps.
import { isClosed } from "../model/state.ts";
import { face } from "./face.ts";
import { h, setText } from "./dom.ts";
import { rowElement } from "./message.ts";
import { rating } from "./rating.ts";
import { rowsOf } from "./rows.ts";
import { plainName } from "../text/name.ts";
import { quietly } from "../net/keep.ts";
import type { Ui } from "./ui.ts";

const NEAR_END_PX = 48;
const NEAR_TOP_PX = 80;
/** Screen readers are told that someone types at most this often. */
const TYPING_SPOKEN_MS = 10_000;

export class LogView {
  readonly element: HTMLElement;
  #ui: Ui;
  #list: HTMLElement;
  #typing = h("p", { class: "sw-ty", hidden: true });
  #typingStatus = h("p", { class: "sw-x", role: "status" });
  #newer: HTMLButtonElement;
  #scroller: HTMLElement;
  #after = h("div", {});
  #drawn = new Map<string, { sign: string; element: HTMLElement }>();
  #ratingSign = "";
  #typingName: string | undefined;
  #typingSpokenAt = 0;
  #hasFilled = false;

  constructor(ui: Ui) {
    this.#ui = ui;
    const { words } = ui;
    this.#list = h("div", {
      class: "sw-li",
      role: "log",
      "aria-live": "polite",
      "aria-relevant": "additions",
      "aria-label": words.say("messages"),
    });
    this.#scroller = h(
      "div",
      { class: "sw-log", tabindex: 0, onscroll: () => this.#scrolled() },
      this.#list,
      this.#after,
      this.#typing,
    );
    this.#newer = h(
      "button",
      { type: "button", class: "sw-new", hidden: true, onclick: () => this.toEnd() },
      words.say("newer"),
    );
    this.element = h("div", { class: "sw-lw" }, this.#scroller, this.#newer, this.#typingStatus);
  }

  toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  update(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const fromEnd = scrollHeight - scrollTop - clientHeight;
    const lastBefore = this.#list.lastElementChild;
    const anchor = this.#anchor(scrollTop);
    this.#drawRows();
    this.#drawRating();
    this.#drawTyping();
    const last = this.#list.lastElementChild;
    const hasNew = last !== lastBefore;
    const isMine = last?.classList.contains("me") === true;
    if (!this.#hasFilled && last) {
      this.#hasFilled = true;
      this.#restoreScroll();
    } else if (fromEnd < NEAR_END_PX || (hasNew && isMine)) this.toEnd();
    else {
      // Whatever came in above or below, what is being read stays where it is.
      const top = anchor && this.#drawn.get(anchor.key)?.element.offsetTop;
      if (anchor && top !== undefined) this.#scroller.scrollTop = top - anchor.above;
      if (hasNew) this.#newer.hidden = false;
    }
  }

  /** The first message in sight, and where it stands. */
  #anchor(scrollTop: number): { key: string; above: number } | undefined {
    for (const [key, { element }] of this.#drawn) {
      const isInSight = element.offsetTop + element.offsetHeight > scrollTop;
      // The line with the day stays on top of everything that comes in above.
      if (isInSight && !element.classList.contains("sw-d")) {
        return { key, above: element.offsetTop - scrollTop };
      }
    }
    return undefined;
  }

  #drawRows(): void {
    const { chat, words } = this.#ui;
    const isEarlier = chat.state.isLoadingEarlier || !this.#hasFilled;
    this.#list.setAttribute("aria-busy", String(isEarlier));
    const rows = rowsOf(chat.state, words, new Date());
    const kept = new Set(rows.map((row) => row.key));
    for (const [key, { element }] of this.#drawn) {
      if (kept.has(key)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    rows.forEach((row, at) => {
      const sign = JSON.stringify(row);
      let drawn = this.#drawn.get(row.key);
      if (drawn?.sign !== sign) {
        const element = rowElement(row, this.#ui);
        drawn?.element.replaceWith(element);
        drawn = { sign, element };
        this.#drawn.set(row.key, drawn);
      }
      const there = this.#list.children[at];
      if (there !== drawn.element) this.#list.insertBefore(drawn.element, there ?? null);
    });
  }

  #drawRating(): void {
    const { state } = this.#ui.chat;
    const { conversation } = state;
    const mayRate =
      state.site.has_rating &&
      conversation !== null &&
      !state.isBeginning &&
      (conversation.can_rate || (isClosed(state) && conversation.rating !== null));
    const sign = mayRate ? `${conversation.id} ${String(conversation.rating?.score)}` : "";
    if (sign === this.#ratingSign) return;
    this.#ratingSign = sign;
    this.#after.replaceChildren(...(mayRate ? [rating(conversation, this.#ui)] : []));
    this.toEnd();
  }

  #drawTyping(): void {
    const { words, chat } = this.#ui;
    const { typing, conversation } = chat.state;
    const name =
      typing && (plainName(typing.name) || plainName(conversation?.operator?.name ?? ""));
    if ((name ?? undefined) === this.#typingName) return;
    this.#typingName = name ?? undefined;
    this.#typing.hidden = name === null;
    if (name === null) {
      setText(this.#typingStatus, "");
      return;
    }
    const text = name ? words.say("typing", { name }) : words.say("typing_someone");
    const dots = h("i", { "aria-hidden": "true" }, h("u"));
    const person = conversation?.operator ?? { name, avatar_url: null };
    this.#typing.replaceChildren(face(person, { isSmall: true }), h("span", {}, text), dots);
    const now = Date.now();
    if (now - this.#typingSpokenAt < TYPING_SPOKEN_MS) return;
    this.#typingSpokenAt = now;
    setText(this.#typingStatus, text);
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const fromEnd = scrollHeight - scrollTop - clientHeight;
    if (fromEnd < NEAR_END_PX) this.#newer.hidden = true;
    if (scrollTop < NEAR_TOP_PX) void this.#ui.chat.loadEarlier().catch(() => undefined);
    quietly(() => sessionStorage.setItem(this.#scrollKey, String(Math.round(fromEnd))));
  }

  get #scrollKey(): string {
    return `switchboard:${this.#ui.chat.state.site.key}:scroll`;
  }

  #restoreScroll(): void {
    const fromEnd = Number(quietly(() => sessionStorage.getItem(this.#scrollKey)) ?? 0);
    this.toEnd();
    if (fromEnd >= NEAR_END_PX) this.#scroller.scrollTop -= fromEnd;
  }
}
