// What went wrong, or what was done and can be undone, in one line at the foot of the desk.
import { reason } from "../api/client.ts";
import { t } from "../locale/say.ts";

const SHOWN_MS = 8000;

interface Shown {
  text: string;
  isBad: boolean;
  deed?: Deed;
}

/** What can be done about it, in one press. */
interface Deed {
  label: string;
  run(): void;
}

class Notice {
  shown = $state<Shown>();
  #timer = 0;

  say(text: string, undo?: () => void): void {
    this.#show({ text, isBad: false, ...(undo && { deed: { label: t("Undo"), run: undo } }) });
  }

  /** News, and the way there. What went wrong is not pushed away by it. */
  tell(text: string, deed: Deed): void {
    if (!this.shown?.isBad) this.#show({ text, isBad: false, deed });
  }

  fail(error: unknown): void {
    this.#show({ text: reason(error), isBad: true });
  }

  /** Does it, and says why if it fails. Gives whether it was done. */
  async attempt(task: () => Promise<unknown>): Promise<boolean> {
    try {
      await task();
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.shown = undefined;
  }

  #show(shown: Shown): void {
    this.hide();
    this.shown = shown;
    // What failed stays until it is read.
    if (!shown.isBad) this.#timer = window.setTimeout(() => this.hide(), SHOWN_MS);
  }
}

export const notice = new Notice();
