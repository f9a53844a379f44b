import { Realtime } from "@switchboard/realtime";
import type { Start, Stored } from "../shared/protocol.ts";
import type { Trigger } from "../shared/site.ts";
import { aloneStart, blankSite, keepToken } from "./alone.ts";
import { BackButton } from "./back.ts";
import { chime } from "../../../chime.ts";
import { bubbleHeight, frameStyle } from "./frame-style.ts";
import { loadWords, pickLocale, type Words } from "./locale/index.ts";
import { Chat } from "./model/chat.ts";
import { Api } from "./net/api.ts";
import { Host, type FromHost } from "./net/host.ts";
import { Keeper, quietly } from "./net/keep.ts";
import { browserSharing, SharedLive, type Connection, type Hearing } from "./net/shared-live.ts";
import { afterShown, quietAfter, quietWhile } from "./proactive.ts";
import { applyTheme, onSchemeChange } from "./theme.ts";
import { bubble } from "./view/bubble.ts";
import { Panel } from "./view/panel.ts";

/** What has to be known before the server is asked; the rest waits until there is a panel. */
const BEFORE_INIT = ["identify", "setLocale", "reset"];

/** Stands in the address of a chat that was reset and not opened since. */
const IDLE = "#idle";

/** How long after the last sign of a conversation the next page loads the chat by itself. */
const AWAKE_MS = 30 * 60_000;
/** And how long after words were written that could not be sent. */
const AWAKE_UNSENT_MS = 30 * 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

/** The document in the iframe: ties the page around it, the chat, and what is drawn. */
export class App {
  #siteKey = new URLSearchParams(location.search).get("site") ?? "";
  /** The page may be of the same origin and keeps its own things under `switchboard:<key>`. */
  #storageKey = `switchboard:${this.#siteKey}:kept`;
  #host = new Host(window, (message) => this.#told(message));
  #back = new BackButton(() => this.#host.tell("close", null));
  #api = new Api(new URL("v1/", location.href).href, this.#siteKey);
  #chat: Chat | undefined;
  #keeper: Keeper | undefined;
  #panel: Panel | undefined;
  #words: Words | undefined;
  #stored: Stored = {};
  #asked: { trigger: Trigger; element: HTMLElement; size: ResizeObserver } | undefined;
  #locale = "";
  #isDrawing = false;
  #themeSign = "";
  #labelSign = "";

  run(): void {
    this.#host.tell("hello", null);
    if (!this.#host.isThere) void this.#start(aloneStart(this.#siteKey));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#chat?.wake();
    });
    addEventListener("online", () => this.#chat?.wake());
    onSchemeChange(() => this.#theme());
  }

  async #start(start: Start): Promise<void> {
    if (this.#chat) return;
    this.#stored = { ...start.stored };
    this.#locale = start.locale;
    const keeper = new Keeper(
      {
        key: this.#storageKey,
        storage: quietly(() => localStorage),
        hand: (kept) => this.#store({ kept: kept ?? "" }),
      },
      start.stored.kept ?? null,
    );
    this.#keeper = keeper;
    this.#api.token = start.stored.token ?? null;
    const chat = new Chat(
      {
        api: this.#api,
        keeper,
        listen: (visitor, since, hearing) => this.#listen(visitor, since, hearing),
        tell: (type, value) => this.#host.tell(type, value as never),
        store: (change) => this.#store(change),
        chime: () => this.#stored.isMuted || quietly(chime),
        changed: () => this.#changed(),
        isVisible: () => !document.hidden,
        freshId,
      },
      { site: { ...blankSite(this.#siteKey), ...start.site }, page: start.page },
    );
    this.#chat = chat;
    this.#host.tell("style", frameStyle(start.site.theme));
    const waiting = (start.waiting ?? []) as unknown as FromHost[];
    for (const message of waiting) if (BEFORE_INIT.includes(message[0])) this.#told(message, true);
    // After a reset nobody is here until someone opens the chat again.
    const asked = location.hash === IDLE ? undefined : chat.init(this.#locale);
    await this.#speak();
    for (const message of waiting) if (!BEFORE_INIT.includes(message[0])) this.#told(message, true);
    await asked;
  }

  #listen(visitor: string, since: number, hearing: Hearing): Connection {
    return new SharedLive({
      since,
      hearing,
      connect: (from, heard) =>
        new Realtime({
          url: this.#api.url("realtime"),
          signalUrl: this.#api.url("signal"),
          token: this.#api.token ?? "",
          since: from,
          ...heard,
        }),
      ...browserSharing(`${this.#storageKey}:${visitor}`),
    });
  }

  /** Draws everything in a language: the site's rule, the page's wish, the browser's list. */
  async #speak(): Promise<void> {
    const chat = this.#chat;
    const keeper = this.#keeper;
    if (!chat || !keeper) return;
    const fixed = chat.state.site.locale;
    const wishes = [fixed === "auto" ? this.#locale : fixed, ...navigator.languages];
    const locale = pickLocale(wishes);
    const wish = navigator.languages.find((one) => pickLocale([one]) === locale) ?? wishes[0];
    const words = await loadWords(locale, wish).catch(() => loadWords("en"));
    this.#words = words;
    const root = document.documentElement;
    root.lang = words.locale;
    root.dir = words.direction;
    document.title = `${words.say("chat")}, ${chat.state.site.name}`;
    this.#panel = new Panel({
      chat,
      words,
      keeper,
      close: () => this.#host.tell("close", null),
      isMuted: () => this.#stored.isMuted === true,
      mute: (isMuted) => this.#store({ isMuted }),
      forgotten: () => this.#forgotten(),
    });
    this.#theme();
    document.body.className = "sw";
    const sprite = document.querySelectorAll("body > svg");
    document.body.replaceChildren(...sprite, this.#panel.element);
    this.#draw();
  }

  #told([type, value]: FromHost, isWaiting = false): void {
    const chat = this.#chat;
    if (type === "start") return void this.#start(value);
    if (!chat) return;
    switch (type) {
      case "open":
        return this.#opened(value);
      case "close":
        this.#back.closed();
        return chat.setOpen(false);
      case "page":
        return chat.visit(value);
      case "identify":
        return void chat.identify(value);
      case "setLocale":
        this.#locale = value;
        if (!isWaiting) void this.#speak();
        return;
      case "text":
        return this.#panel?.prefill(value);
      case "bubble":
        return this.#ask(value);
      case "reset":
        return void this.#reset(value, isWaiting);
    }
  }

  #opened(isByVisitor: boolean): void {
    if (this.#asked) this.#answer("");
    if (location.hash === IDLE) {
      history.replaceState(null, "", location.pathname + location.search);
      void this.#chat?.init(this.#locale);
    }
    this.#chat?.setOpen(true);
    this.#draw();
    if (isByVisitor && this.#host.isThere) this.#back.opened();
    if (isByVisitor) this.#panel?.focus();
  }

  #ask(trigger: Trigger): void {
    const chat = this.#chat;
    const words = this.#words;
    if (!chat || !words || this.#asked || chat.state.isOpen) return;
    const element = bubble(trigger, chat.state.site.name, words, {
      answer: (choice) => {
        this.#answer(choice);
        this.#host.tell("open", null);
      },
      dismiss: () => this.#hush(),
    });
    // The page makes room only now, and how its text breaks there tells how high it is.
    const size = new ResizeObserver(() => this.#measure(element));
    this.#asked = { trigger, element, size };
    document.documentElement.classList.add("bub");
    document.body.append(element);
    this.#store(afterShown(trigger, this.#stored, Date.now()));
    this.#host.tell("bubble", true);
    this.#changed();
    size.observe(element);
  }

  #measure(element: HTMLElement): void {
    const { marginBlockStart, marginBlockEnd } = getComputedStyle(element);
    const height = element.offsetHeight + parseFloat(marginBlockStart) + parseFloat(marginBlockEnd);
    this.#host.tell("style", bubbleHeight(height));
  }

  /** Only now is there something to talk about: the message becomes the first line of the chat. */
  #answer(choice: string): void {
    const trigger = this.#asked?.trigger;
    this.#hush();
    if (!trigger || !this.#chat) return;
    const { id, message, author } = trigger;
    this.#chat.setAnswer({ id, message, author });
    this.#draw();
    if (choice) this.#panel?.answer(choice);
  }

  #hush(): void {
    if (!this.#asked) return;
    const { trigger, element, size } = this.#asked;
    this.#asked = undefined;
    size.disconnect();
    element.remove();
    document.documentElement.classList.remove("bub");
    this.#store(quietAfter(trigger, this.#stored, Date.now()));
    this.#host.tell("bubble", false);
    this.#changed();
  }

  /** The visitor is somebody else from here on; a chat that is under way begins anew. */
  async #reset(token: string | undefined, isWaiting: boolean): Promise<void> {
    this.#chat?.leave();
    keepToken(this.#siteKey, undefined);
    const own = this.#api.token;
    if (token) {
      // Only the tab in which it happened knows the token still; the others just let go.
      this.#api.token = token;
      await this.#api.post("reset", {}).catch(() => undefined);
      this.#api.token = own;
    }
    if (isWaiting) return;
    if (this.#host.isThere) location.hash = IDLE;
    location.reload();
  }

  #forgotten(): void {
    if (this.#host.isThere) this.#host.tell("reset", null);
    else void this.#reset(undefined, false);
  }

  #store(change: Stored): void {
    Object.assign(this.#stored, change);
    this.#host.tell("store", change);
    if (change.token && !this.#host.isThere) keepToken(this.#siteKey, change.token);
  }

  /** Many changes in one turn are drawn once. */
  #changed(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    this.#theme();
    this.#panel?.update();
    this.#tellLabel();
    const state = this.#chat?.state;
    if (state?.phase !== "ready") return;
    const isTalking = state.conversation !== null && state.conversation.status !== "closed";
    const change = quietWhile(isTalking, this.#stored);
    if (change) this.#store(change);
    const isUnsent = state.outgoing.length > 0;
    if (!isTalking && !isUnsent) return;
    const awakeUntil = Date.now() + (isUnsent ? AWAKE_UNSENT_MS : AWAKE_MS);
    const isOff = Math.abs(awakeUntil - (this.#stored.awakeUntil ?? 0)) > MINUTE_MS;
    if (isOff) this.#store({ awakeUntil });
  }

  /** The launcher's name and number, where the page shows them. */
  #tellLabel(): void {
    const words = this.#words;
    const state = this.#chat?.state;
    if (!words || !state) return;
    const unread = state.unread + (this.#asked ? 1 : 0);
    const open = words.say("open_chat") + (unread > 0 ? `, ${words.unread(unread)}` : "");
    const label = state.isOpen ? words.say("close_chat") : open;
    const sign = `${label} ${String(unread)}`;
    if (sign === this.#labelSign) return;
    this.#labelSign = sign;
    if (state.phase === "ready" || this.#asked) this.#host.tell("unread", unread);
    this.#host.tell("label", label);
  }

  #theme(): void {
    const theme = this.#chat?.state.site.theme;
    if (!theme) return;
    const sign = JSON.stringify([theme, matchMedia("(prefers-color-scheme: dark)").matches]);
    if (sign === this.#themeSign) return;
    this.#themeSign = sign;
    applyTheme(theme, document.documentElement);
  }
}

function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
