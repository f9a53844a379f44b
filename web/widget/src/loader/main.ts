import { begin, frame, type Hear, listen, load, tell } from "./frame.ts";
import { quietly } from "./guard.ts";
import { COUNT_MAX, OPEN_MS, PHONE_PX, SECOND_MS } from "./limits.ts";
import { site } from "./site.ts";
import { forget, stored, storageKey } from "./store.ts";
import { isDue } from "./triggers.ts";
import { dress, host, launcher } from "./view.ts";
import { hasMoved, here, mayAsk, visit } from "./visit.ts";

/** What a listener is given: an event, whose `detail` says what happened. */
type Listener = (event: { detail?: unknown }) => void;
type Command = (...args: unknown[]) => unknown;
type Queue = Command & { q?: unknown[][]; v?: number };

const page = window as unknown as { switchboard?: Queue };
const events: string[] = [];
const bus = new EventTarget();
let isOpen = false;
let unread = 0;
let label = "";
let isAsking = false;
let isExit = false;
/** Seconds on this page. */
let age = 0;

function emit(name: string, detail?: unknown): void {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}

function show(): void {
  // Beside the body, where frameworks that swap it leave it alone.
  if (!host.isConnected) document.documentElement.appendChild(host);
  const count = unread > COUNT_MAX ? `${COUNT_MAX}+` : `${unread || ""}`;
  launcher.dataset.n = count;
  launcher.ariaLabel = label || `Chat ${count}`;
  launcher.ariaExpanded = `${isOpen}`;
}

function turn(shouldOpen: boolean, isByVisitor = true): void {
  if (shouldOpen === isOpen) return;
  load();
  const name = shouldOpen ? "open" : "close";
  isOpen = shouldOpen;
  isAsking = false;
  stored({ openUntil: isOpen ? Date.now() + OPEN_MS : 0 });
  frame!.className = name;
  tell(name, isByVisitor);
  show();
  if (isOpen && isByVisitor) frame!.focus();
  if (!isOpen && document.activeElement === host) launcher.focus();
  emit(name);
}

const open = () => turn(true);
const close = () => turn(false);

/** The visitor is gone: nothing of theirs stays, here or in the chat. */
function reset(): void {
  const { token } = stored();
  close();
  if (token) load();
  tell("reset", token);
  forget();
  hear.unread(0);
}

const hear: Hear = {
  hello: () => begin(stored(), here()),
  style: dress,
  store: stored,
  reset,
  open,
  close,
  unread(count) {
    unread = count;
    show();
    emit("unread", count);
  },
  label(said) {
    label = said;
    show();
  },
  bubble(isShown) {
    isAsking = isShown;
    if (!isOpen) load().className = isShown ? "bubble" : "close";
  },
  event: ({ name, detail }) => emit(name, detail),
};

/** A chat that is there knows better what was read: the server may not have been told yet. */
function unreadBefore(count: number): void {
  if (!frame) hear.unread(count);
}

/**
 * Looks once a second where the visitor is: frameworks change the address in many ways, and a guest
 * patches none of them. A page counts once its address has stood still, and so its title.
 */
function tick(): void {
  if (hasMoved()) {
    age = 0;
    isExit = false;
  } else if (++age === 1) {
    show();
    if (stored().awakeUntil! > Date.now()) load();
    visit(unreadBefore);
    tell("page", here());
  }
  check();
}

/** Asks for the first proactive message whose time has come. */
function check(): void {
  if (isOpen || isAsking || !mayAsk()) return;
  const facts = {
    now: Date.now(),
    url: location.href,
    seconds: age,
    // Asked for only where a trigger wants it, since the page is laid out for it. Not a number where
    // nothing can scroll: all of such a page was seen.
    get scroll() {
      const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
      return (scrollTop / (scrollHeight - clientHeight)) * 100;
    },
    isExit,
    events,
  };
  const trigger = site.triggers.find((one) => isDue(one, facts, stored()));
  if (!trigger) return;
  isAsking = true;
  load();
  tell("bubble", trigger);
}

/** What a page may ask of us. */
const commands: Record<string, (...args: never[]) => unknown> = {
  open,
  close,
  reset,
  shutdown: reset,
  hide: () => (launcher.hidden = true),
  show: () => (launcher.hidden = false),
  showNewMessage(text: string) {
    open();
    tell("text", text);
  },
  track(event: string) {
    events.push(event);
    check();
  },
  consent(consent: boolean) {
    if (!consent) reset();
    stored({ consent });
    visit(unreadBefore);
  },
  on(name: string, listener: Listener) {
    bus.addEventListener(name, listener as never);
    if (name === "ready" || name === "unread" || (name === "open" && isOpen)) {
      listener({ detail: unread });
    }
  },
  off(name: string, listener: Listener) {
    bus.removeEventListener(name, listener as never);
  },
  isReady: () => true,
  version: () => 1,
};

function start(): void {
  const { q = [] } = page.switchboard || ({} as Partial<Queue>);
  const call: Queue = (name, ...args) =>
    quietly(() =>
      (commands[name as string] || tell.bind(0, name as "identify"))(...(args as never[])),
    );
  call.v = 1;
  page.switchboard = call;
  listen(hear);
  launcher.onclick = () => turn(!isOpen);
  launcher.onpointerenter = launcher.onfocus = load;
  launcher.hidden = site.theme.launcher === "hide";
  addEventListener("storage", ({ key, newValue }) => key === storageKey && !newValue && reset());
  document.documentElement.addEventListener("mouseleave", ({ clientY }) => {
    isExit = clientY <= 0;
    check();
  });
  show();
  tick();
  setInterval(() => quietly(tick), SECOND_MS);
  // In this order: how wide the page is, it knows only once it is laid out.
  if (stored().openUntil! > Date.now() && innerWidth > PHONE_PX) turn(true, false);
  q.forEach((args) => call(...args));
}

if (!page.switchboard || !page.switchboard.v) quietly(start);
