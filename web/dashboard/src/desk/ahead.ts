// Fetches what is likely to be opened next, while nothing else is to be done: so it is there at once,
// and can be read without a network.
import { cache } from "./cache.ts";
import { inbox } from "./inbox.svelte.ts";
import { live } from "./live.svelte.ts";
import { newest } from "./thread.svelte.ts";

/** So many of the uppermost rows. */
const AHEAD_MAX = 25;
const FETCHED_MAX = 1000;
const EVERY_MS = 3000;
/** So many in one go, one after the other. */
const AT_ONCE = 5;

class Ahead {
  /** What was fetched here, as it was then; forgotten as a whole when it is too much. */
  #fetched = new Map<string, string>();

  start(): void {
    const idle = (task: () => void) =>
      "requestIdleCallback" in window ? requestIdleCallback(task) : setTimeout(task);
    const look = () => {
      void this.#fetch().finally(() => setTimeout(() => idle(look), EVERY_MS));
    };
    idle(look);
    void cache.prune();
  }

  async #fetch(): Promise<void> {
    if (live.state !== "live" || document.hidden) return;
    const rows = inbox.rows.slice(0, AHEAD_MAX);
    const wanted = rows.filter(({ id, updated_at }) => this.#fetched.get(id) !== updated_at);
    for (const { id, updated_at } of wanted.slice(0, AT_ONCE)) {
      if (FETCHED_MAX <= this.#fetched.size) this.#fetched.clear();
      this.#fetched.set(id, updated_at);
      const kept = await cache.thread(id);
      const at = inbox.find(id)?.last_message_at;
      const isThere = at && kept?.messages.some(({ created_at }) => created_at >= at);
      if (isThere) continue;
      try {
        const { messages, earlier } = await newest(id);
        await cache.keepThread(id, messages, earlier);
      } catch {
        return; // it is asked for when it is opened
      }
    }
  }
}

export const ahead = new Ahead();
