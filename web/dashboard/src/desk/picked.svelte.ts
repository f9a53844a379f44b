// The conversations that are picked from the list, to do something to all of them.
import { SvelteSet } from "svelte/reactivity";
import { inbox } from "./inbox.svelte.ts";
import { route } from "./route.svelte.ts";

class Picked {
  #ids = new SvelteSet<string>();

  /** In the order of the list; what has left the list is not picked any more. */
  get ids(): string[] {
    return inbox.rows.map(({ id }) => id).filter((id) => this.#ids.has(id));
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Picks the one that is open, or lets it go. Where none is open, the first. */
  toggle(id = route.conversation ?? inbox.beside(undefined, 1)): void {
    if (!id) return;
    if (!this.#ids.delete(id)) this.#ids.add(id);
    if (!route.conversation) route.go(route.view, id);
  }

  /** Goes on to the next one and picks it, too; going back lets go what was picked last. */
  extend(step: 1 | -1): void {
    const here = route.conversation;
    const next = inbox.beside(here, step);
    if (!next) return;
    if (here && this.#ids.has(next)) this.#ids.delete(here);
    else if (here) this.#ids.add(here);
    this.#ids.add(next);
    route.go(route.view, next);
  }

  clear(): void {
    this.#ids.clear();
  }
}

export const picked = new Picked();
