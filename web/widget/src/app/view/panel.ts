// The whole panel: which head, which middle, which foot. It is told when something changed and draws what differs.
import type { Form, Site } from "../../shared/site.ts";
import { faceOf, isClosed, type Face } from "../model/state.ts";
import { safeHref } from "../text/linkify.ts";
import { ComposerView } from "./composer.ts";
import { freshId, h, icon, setText } from "./dom.ts";
import { addFiles } from "./files.ts";
import { FormView } from "./form.ts";
import { closedHead, greetingHead, talkHead } from "./heads.ts";
import { LogView } from "./log.ts";
import { dataSheet, menu } from "./menu.ts";
import { opening } from "./times.ts";
import type { Ui } from "./ui.ts";

type Parts = Omit<Ui, "notice" | "openSheet" | "closeSheet">;

const NOTICE_MS = 6000;
/** A connection that is lost for a blink is not worth a banner. */
const BANNER_AFTER_MS = 1500;

export class Panel {
  readonly element: HTMLElement;
  #ui: Ui;
  #titleId = freshId();
  #head = h("div", { class: "sw-top" });
  #banner = h("p", { class: "sw-bn", role: "status", hidden: true });
  #notice = h("p", { class: "sw-no", role: "status" });
  #middle = h("div", { class: "sw-mid" });
  #foot = h("p", { class: "sw-ft" });
  #sheet: HTMLElement | undefined;
  #cameFrom: Element | null = null;
  #face: Face | undefined;
  #headSign = "";
  #middleSign = "";
  #footSign = "";
  #form: FormView | undefined;
  #log: LogView | undefined;
  #composer: ComposerView | undefined;
  #noticeTimer = 0;
  #lostSince: number | undefined;
  /** The visitor opened the chat before there was anything to write in. */
  #isFocusDue = false;

  constructor(parts: Parts) {
    this.#ui = {
      ...parts,
      notice: (text) => this.#say(text),
      openSheet: (sheet) => this.#openSheet(sheet),
      closeSheet: () => this.#closeSheet(),
    };
    this.element = h(
      "div",
      {
        class: "sw-p",
        role: "dialog",
        "aria-labelledby": this.#titleId,
        onkeydown: (event: KeyboardEvent) => this.#key(event),
        ondragover: (event: DragEvent) => this.#dragged(event),
        ondrop: (event: DragEvent) => this.#dropped(event),
      },
      this.#head,
      this.#banner,
      this.#middle,
      this.#notice,
      this.#foot,
    );
    this.update();
  }

  focus(): void {
    this.#isFocusDue = this.#face === "loading";
    if (this.#form) this.#form.focus();
    else (this.#composer?.field ?? this.#middle.querySelector("button"))?.focus();
  }

  prefill(text: string): void {
    if (this.#form) this.#form.prefill(text);
    else this.#composer?.prefill(text);
  }

  /** The visitor pressed a button of a proactive message: that is their first message. */
  answer(choice: string): void {
    if (this.#form) this.#form.prefill(choice);
    else this.#ui.chat.say(choice);
  }

  update(): void {
    const { state } = this.#ui.chat;
    const face = faceOf(state);
    this.#drawHead(face);
    this.#drawMiddle(face);
    this.#face = face;
    this.#drawBanner();
    this.#drawFoot(face);
    this.#log?.update();
    this.#composer?.update();
  }

  #drawHead(face: Face): void {
    // Whoever is choosing from the menu keeps it, and sees the new head afterwards.
    if (this.#head.querySelector(".sw-me")) return;
    const { site, team, conversation, thread, outgoing, isBeginning, answer } = this.#ui.chat.state;
    const isGreeting =
      face === "pre_chat" ||
      face === "failed" ||
      face === "loading" ||
      (!answer && outgoing.length === 0 && (isBeginning || !thread?.messages.length));
    const head = face === "offline" ? "offline" : isGreeting ? "greeting" : "talk";
    const sign = JSON.stringify([head, site, team, conversation?.operator, isBeginning]);
    if (sign === this.#headSign) return;
    this.#headSign = sign;
    const draw = {
      offline: () => closedHead(this.#ui, this.#titleId),
      greeting: () => greetingHead(this.#ui, this.#titleId),
      talk: () => talkHead(this.#ui, this.#titleId, (button) => this.#toggleMenu(button)),
    }[head];
    const hadFocus = this.#head.contains(document.activeElement);
    this.#head.replaceChildren(draw());
    if (hadFocus) this.#head.querySelector("button")?.focus();
  }

  #drawMiddle(face: Face): void {
    const { state } = this.#ui.chat;
    const { site, visitor, phase, answer } = state;
    const form = askedBy(face, site);
    const sign = JSON.stringify([
      face,
      face === "talk" && [isClosed(state), state.isBeginning],
      face === "failed" && phase,
      (face === "offline" || face === "pre_chat") && [form, visitor?.id, answer],
    ]);
    if (sign === this.#middleSign) return;
    const hadFocus = this.#middle.contains(document.activeElement);
    this.#middleSign = sign;
    this.#form = this.#log = this.#composer = undefined;
    if (face === "failed") this.#middle.replaceChildren(this.#failed());
    else if (face === "loading") this.#middle.replaceChildren(this.#loading());
    else if (face === "talk") this.#drawTalk();
    else {
      this.#form = this.#formFor(face);
      this.#middle.replaceChildren(this.#form.element);
    }
    const isDue = this.#isFocusDue && face !== "loading";
    if (!hadFocus && !isDue) return;
    this.#face = face;
    this.focus();
  }

  #drawTalk(): void {
    const log = new LogView(this.#ui);
    this.#log = log;
    if (isClosed(this.#ui.chat.state)) {
      this.#middle.replaceChildren(log.element, this.#newChatBar());
      return;
    }
    this.#composer = new ComposerView(this.#ui, () => log.toEnd());
    this.#middle.replaceChildren(log.element, this.#composer.element);
  }

  #formFor(face: "pre_chat" | "offline"): FormView {
    const { words, chat } = this.#ui;
    const form = askedBy(face, chat.state.site);
    const { fields, consent } = { fields: [], consent: null, ...form };
    if (face === "offline") {
      return new FormView(
        {
          fields,
          consent,
          questionLabel: words.say("message"),
          questionHint: "",
          button: words.say("leave_message"),
          note: words.say("kept"),
        },
        this.#ui,
      );
    }
    return new FormView(
      {
        fields,
        consent,
        questionLabel: words.say("question"),
        questionHint: words.say("question_hint"),
        button: words.say("start_chat"),
        note: "",
      },
      this.#ui,
    );
  }

  #newChatBar(): HTMLElement {
    const { words, chat } = this.#ui;
    const begin = () => {
      chat.begin();
      this.focus();
    };
    return h(
      "div",
      { class: "sw-end" },
      h("button", { type: "button", class: "sw-b", onclick: begin }, words.say("new_chat")),
    );
  }

  #loading(): HTMLElement {
    const { words } = this.#ui;
    return h("p", { class: "sw-fail sw-s", role: "status" }, words.say("connecting"));
  }

  #failed(): HTMLElement {
    const { words, chat } = this.#ui;
    const isRefused = chat.state.phase === "refused";
    return h(
      "div",
      { class: "sw-fail", role: "alert" },
      icon("alert"),
      h("p", {}, words.say(isRefused ? "refused" : "not_loaded")),
      !isRefused &&
        h(
          "button",
          { type: "button", class: "sw-b q", onclick: () => void chat.init() },
          words.say("try_again"),
        ),
    );
  }

  #drawBanner(): void {
    const { words, chat } = this.#ui;
    const { live, phase, site } = chat.state;
    const isLost = phase === "ready" && (live === "connecting" || live === "offline");
    this.#lostSince = isLost ? (this.#lostSince ?? Date.now()) : undefined;
    const isLate = this.#lostSince !== undefined && Date.now() - this.#lostSince >= BANNER_AFTER_MS;
    if (isLost && !isLate && live !== "offline")
      setTimeout(() => this.#drawBanner(), BANNER_AFTER_MS);
    let text = "";
    if (isLost && (isLate || live === "offline")) text = words.say("lost");
    else if (live === "catching_up") text = words.say("catching_up");
    else if (!site.is_open && this.#face === "talk" && site.next_open_at) {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const { when } = opening(words, site.next_open_at, zone, zone);
      text = words.say("away_until", { when });
    }
    if (this.#banner.textContent === text) return;
    this.#banner.hidden = text === "";
    this.#banner.replaceChildren(icon(isLost ? "net" : "wait"), h("span", {}, text));
    if (!text) this.#banner.replaceChildren();
  }

  #drawFoot(face: Face): void {
    const { words, chat } = this.#ui;
    const { site } = chat.state;
    const isTalk = face === "talk" && chat.state.phase === "ready";
    const href = safeHref(site.privacy_url ?? "");
    const sign = `${site.name} ${String(isTalk)} ${String(href)}`;
    if (sign === this.#footSign) return;
    this.#footSign = sign;
    const rel = "noopener noreferrer";
    const more = isTalk
      ? h(
          "button",
          { type: "button", class: "sw-a", onclick: () => dataSheet(this.#ui) },
          words.say("your_data"),
        )
      : href && h("a", { href, target: "_blank", rel }, words.say("privacy"));
    const reads = h("span", {}, words.say("team_reads", { site: site.name }));
    this.#foot.replaceChildren(reads, ...(more ? [" · ", more] : []));
  }

  #say(text: string): void {
    clearTimeout(this.#noticeTimer);
    setText(this.#notice, text);
    this.#noticeTimer = setTimeout(() => setText(this.#notice, ""), NOTICE_MS) as unknown as number;
  }

  #toggleMenu(button: HTMLElement): void {
    const open = this.#head.querySelector(".sw-me");
    if (open) return;
    this.#head.append(menu(this.#ui, button, () => this.update()));
  }

  #openSheet(sheet: HTMLElement): void {
    if (!this.#sheet) this.#cameFrom = document.activeElement;
    this.#sheet?.remove();
    this.#sheet = h("div", { class: "sw-cov" }, sheet);
    for (const part of this.element.children) (part as HTMLElement).inert = true;
    this.element.append(this.#sheet);
    sheet.querySelector("button")?.focus();
  }

  #closeSheet(): void {
    if (!this.#sheet) return;
    this.#sheet.remove();
    this.#sheet = undefined;
    for (const part of this.element.children) (part as HTMLElement).inert = false;
    if (this.#cameFrom instanceof HTMLElement && this.#cameFrom.isConnected) this.#cameFrom.focus();
    else this.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.#sheet) this.#closeSheet();
    else this.#ui.close();
  }

  #dragged(event: DragEvent): void {
    if (this.#composer && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  }

  #dropped(event: DragEvent): void {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!this.#composer || files.length === 0) return;
    event.preventDefault();
    addFiles(files, this.#ui);
  }
}

/** The form that stands before the first message: outside the hours their own, if the site has one. */
function askedBy(face: Face, site: Site): Form | null {
  return face === "offline" ? (site.offline ?? site.pre_chat) : site.pre_chat;
}
