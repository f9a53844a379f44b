// Many tabs may show the desk: one of them notifies, and it knows whether somebody looks at any.
// Locks end with their tab, however it ends.

const NOTIFIER = "switchboard:notifier";
const LOOKING = "switchboard:looking";

export class Tabs {
  /** Whether this tab is the one that notifies. Without locks, every one is. */
  isNotifier = !("locks" in navigator);
  #stopLooking: (() => void) | undefined;

  start(): void {
    if (this.isNotifier) return;
    void navigator.locks.request(NOTIFIER, () => {
      this.isNotifier = true;
      return new Promise(() => undefined); // as long as the tab is there
    });
    for (const what of ["focus", "blur"]) addEventListener(what, () => this.#look());
    document.addEventListener("visibilitychange", () => this.#look());
    this.#look();
  }

  /** Whether somebody looks at the desk in any tab. */
  async isLookedAt(): Promise<boolean> {
    if (!("locks" in navigator)) return isHere();
    const { held = [] } = await navigator.locks.query();
    return held.some(({ name }) => name === LOOKING);
  }

  #look(): void {
    if (!isHere()) {
      this.#stopLooking?.();
      this.#stopLooking = undefined;
    } else if (!this.#stopLooking) {
      const looking = new Promise<void>((resolve) => (this.#stopLooking = resolve));
      void navigator.locks.request(LOOKING, { mode: "shared" }, () => looking);
    }
  }
}

/** Whether somebody looks at this tab. */
export function isHere(): boolean {
  return !document.hidden && document.hasFocus();
}
