// That there is news, where the desk is not looked at: a dot on the tab's icon, and a number on the
// icon of the app where it is installed.
import { SvelteSet } from "svelte/reactivity";
import dotted from "../icon-dot.svg";
import { isHere } from "./tabs.ts";

class Badge {
  /** Conversations with something that was not seen. */
  #news = new SvelteSet<string>();
  #link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  #plain = this.#link?.href ?? "";

  get count(): number {
    return this.#news.size;
  }

  start(): void {
    const look = () => {
      if (isHere()) this.#clear();
    };
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
  }

  add(conversation: string): void {
    this.#news.add(conversation);
    this.#draw();
  }

  take(conversation: string): void {
    this.#news.delete(conversation);
    this.#draw();
  }

  #clear(): void {
    this.#news.clear();
    this.#draw();
  }

  #draw(): void {
    if (this.#link) this.#link.href = this.count ? dotted : this.#plain;
    if (!("setAppBadge" in navigator)) return;
    const done = this.count ? navigator.setAppBadge(this.count) : navigator.clearAppBadge();
    void done.catch(() => undefined); // only an installed app has one
  }
}

export const badge = new Badge();
