/** Tasks that wait a moment, each under a key: many reasons for one are one. */
export class Soon {
  readonly #timers = new Map<string, number>();

  constructor(private readonly afterMs: number) {}

  run(key: string, task: () => void): void {
    if (this.#timers.has(key)) return;
    const timer = window.setTimeout(() => {
      this.#timers.delete(key);
      task();
    }, this.afterMs);
    this.#timers.set(key, timer);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
