// How long what was sent can be taken back, by channel. A chat is quick: there it is not held, unless
// somebody wishes it.
import type { Conversation } from "../api/client.ts";

export const HOLDS_S = [0, 3, 5, 10, 20] as const;
export type Hold = (typeof HOLDS_S)[number];
export interface Holds {
  /** The live chat. */
  chat: Hold;
  /** SMS and WhatsApp. */
  text: Hold;
}

const KEY = "switchboard:undo-send";
const USUAL: Holds = { chat: 0, text: 5 };

/** What was chosen in this browser; what is not understood is as usual. */
export function holds(): Holds {
  try {
    const known = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Holds>;
    const of = (kind: keyof Holds) => HOLDS_S.find((one) => one === known[kind]) ?? USUAL[kind];
    return { chat: of("chat"), text: of("text") };
  } catch {
    return USUAL;
  }
}

/** Gives whether the browser keeps it. */
export function hold(choice: Partial<Holds>): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...holds(), ...choice }));
    return true;
  } catch {
    return false;
  }
}

/** In milliseconds, for a conversation on `channel`. */
export function holdMs(channel: Conversation["channel"] | undefined): number {
  const { chat, text } = holds();
  return (channel === "sms" || channel === "whatsapp" ? text : chat) * 1000;
}
