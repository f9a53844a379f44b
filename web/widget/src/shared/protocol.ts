// What the page's script and the chat in its iframe say to each other by postMessage.
// Every message is `[MARK, type, value]`; both sides check the sender's window and origin first.
import type { SiteOnPage, Trigger } from "./site.ts";

/** Tells our messages from everything else that is posted on a page; it changes when their meaning does. */
export const MARK = "switchboard:1";

export interface Page {
  url: string;
  title: string;
  referrer: string;
}

/** What the page keeps for its visitor, in its own storage. */
export interface Stored {
  token?: string;
  /** The chat's outbox and draft, as the chat wrote them. */
  kept?: string;
  /** The chat opens by itself on pages before this instant. */
  openUntil?: number;
  /** People talk: until then the chat is loaded on every page, so that answers show at once. */
  awakeUntil?: number;
  /** Until when a trigger, by its id, may not ask; all of them under the empty one. */
  quiet?: Record<string, number>;
  consent?: boolean;
  /** Answers come without a sound. */
  isMuted?: boolean;
  /** How often each trigger was shown today, which is under the empty id. */
  shown?: Record<string, number>;
}

export interface Start {
  site: SiteOnPage;
  stored: Stored;
  page: Page;
  locale: string;
  /** What the page wanted before the chat was there. */
  waiting: [string, unknown][];
}

/** From the page to the chat. */
export interface ToFrame {
  start: Start;
  /** `true` if the visitor did it: then the focus comes along. */
  open: boolean;
  close: unknown;
  page: Page;
  identify: unknown;
  setLocale: string;
  text: string;
  bubble: Trigger;
  /** The visitor signed out: their token is void. The chat says hello anew. */
  reset: string | undefined;
}

/** From the chat to the page. */
export interface ToHost {
  hello: unknown;
  /** How the iframe looks: closed, `.o` open, `.p` with a proactive message. */
  style: string;
  store: Stored;
  /** The visitor had their data deleted. */
  reset: unknown;
  open: unknown;
  close: unknown;
  unread: number;
  /** What the launcher is called, in the visitor's language. */
  label: string;
  /** Whether a proactive message is shown. */
  bubble: boolean;
  event: { name: "message" | "lead" | "error"; detail: unknown };
}

export type MessageOf<Map> = { [Type in keyof Map]: readonly [Type, Map[Type]] }[keyof Map];
