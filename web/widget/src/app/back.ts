// On a phone the open chat covers the page, and the back button closes it: it has a place of its own
// in the history that page and frame share.
import { PHONE_PX } from "../loader/limits.ts";

const MARK = "open";

export class BackButton {
  #length = 0;

  constructor(private readonly close: () => void) {
    addEventListener("popstate", () => {
      if (history.state !== MARK) this.close();
    });
  }

  opened(): void {
    if (screen.width > PHONE_PX || history.state === MARK) return;
    history.pushState(MARK, "");
    this.#length = history.length;
  }

  /** Takes the place back, unless the page has gone on meanwhile: then it is not the last one. */
  closed(): void {
    if (history.state === MARK && history.length === this.#length) history.back();
  }
}
