// The chat in its iframe: made at the first sign of intent, spoken to in checked messages.
import {
  MARK,
  type Page,
  type Start,
  type Stored,
  type ToFrame,
  type ToHost,
} from "../shared/protocol.ts";
import { quietly } from "./guard.ts";
import { origin, site } from "./site.ts";
import { add } from "./view.ts";

export type Hear = { [Type in keyof ToHost]: (value: ToHost[Type]) => void };

export let frame: HTMLIFrameElement | undefined;
/** What the chat is told when it says hello; nothing waits once it did. */
let waiting: Start["waiting"] | undefined = [];

export function load(): HTMLIFrameElement {
  if (!frame) {
    frame = add("iframe");
    frame.title = "Chat";
    frame.referrerPolicy = "origin";
    frame.src = `${origin}/widget/frame?site=${site.key}`;
    // A keyboard on the screen makes less room, and only the page can see how much.
    visualViewport!.onresize = () => frame!.style.setProperty("--h", `${visualViewport!.height}px`);
  }
  return frame;
}

export function tell(type: keyof ToFrame, value?: unknown): void {
  if (waiting) waiting.push([type, value]);
  else load().contentWindow!.postMessage([MARK, type, value], origin);
}

/** The chat is there: from now on it is told at once. */
export function begin(stored: Stored, page: Page): void {
  const start: Start = {
    site,
    stored,
    page,
    locale: document.documentElement.lang,
    waiting: waiting!,
  };
  waiting = undefined;
  tell("start", start);
}

export function listen(hear: Hear): void {
  addEventListener("message", ({ source, origin: from, data }: MessageEvent) =>
    quietly(
      () =>
        source === frame!.contentWindow &&
        from === origin &&
        data[0] === MARK &&
        hear[data[1] as keyof ToHost](data[2] as never),
    ),
  );
}
