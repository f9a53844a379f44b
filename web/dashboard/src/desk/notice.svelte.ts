// What went wrong, or what was done and can be undone, in one line at the foot of the desk.
import { reason } from "../api/client.ts";
import { t } from "../locale/say.ts";

const SHOWN_MS = 8000;

interface Shown {
  text: string;
  isBad: boolean;
  deed?: Deed;
  /** Since when, by the clock of this browser. */
  since: number;
}

/** What can be done about it, in one press. */
interface Deed {
  label: string;
  /** Whether it takes back what was done. */
  isUndo?: boolean;
  run(): void;
}

class Notice {
  shown = $state<Shown>();
  #timer = 0;

  say(text: string, undo?: () => void): void {
    const deed = undo && { label: t("Undo"), isUndo: true, run: undo };
    this.#show({ text, isBad: false, ...(deed && { deed }) });
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

  /** When that was done which can be taken back here, if anything can. */
  get undoable(): number | undefined {
    return this.shown?.deed?.isUndo ? this.shown.since : undefined;
  }

  /** Does what the line offers. */
  act(): void {
    const deed = this.shown?.deed;
    this.hide();
    deed?.run();
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.shown = undefined;
  }

  #show(shown: Omit<Shown, "since">): void {
    this.hide();
    this.shown = { ...shown, since: Date.now() };
    // What failed stays until it is read.
    if (!shown.isBad) this.#timer = window.setTimeout(() => this.hide(), SHOWN_MS);
  }
}

export const notice = new Notice();
