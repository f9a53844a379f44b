// Something that is done to many, one by one, while the reader watches and may end it.
import { Problem, reason } from "../api/client.ts";

export interface Failure {
  id: string;
  name: string;
  why: string;
}

type State = "idle" | "running" | "ended";

/** How often it waits and tries again where the server asks for patience. */
const TRIES_MAX = 4;
const WAIT_MS = 1500;
const TOO_MANY = 429;

export class Run {
  state = $state<State>("idle");
  done = $state(0);
  total = $state(0);
  isCancelled = $state(false);
  failures = $state<Failure[]>([]);

  begin(total: number): void {
    Object.assign(this, { state: "running", done: 0, total, isCancelled: false, failures: [] });
  }

  cancel(): void {
    this.isCancelled = true;
  }

  end(): void {
    this.state = "ended";
  }

  dismiss(): void {
    this.state = "idle";
  }

  /** Does `task` for each; what fails is kept, and the others go on. */
  async each<T extends { id: string }>(
    all: T[],
    name: (one: T) => string,
    task: (one: T) => Promise<unknown>,
  ): Promise<void> {
    this.begin(all.length);
    for (const one of all) {
      if (this.isCancelled) break;
      try {
        await patiently(() => task(one));
        this.done += 1;
      } catch (error) {
        this.failures.push({ id: one.id, name: name(one), why: reason(error) });
      }
    }
    this.end();
  }
}

/** Tries again where it was too much at once. */
export async function patiently<T>(task: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await task();
    } catch (error) {
      const isTooMuch = error instanceof Problem && error.status === TOO_MANY;
      if (!isTooMuch || tried === TRIES_MAX) throw error;
      await new Promise((go) => setTimeout(go, WAIT_MS * tried));
    }
  }
}
