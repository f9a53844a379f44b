// Who is on the sites. Rows are told of changes where they are; who comes waits to be shown, so that
// nothing moves under the cursor; who leaves stays until the list is asked for anew.
import { SvelteSet } from "svelte/reactivity";
import { api } from "../api/client.ts";
import { Listing } from "../desk/listing.svelte.ts";
import { live } from "../desk/live.svelte.ts";
import { Soon } from "./soon.ts";
import type { Visitor } from "./types.ts";

export const VIEWS = ["online", "identified", "all"] as const;
export type View = (typeof VIEWS)[number];

interface Question {
  view: View;
  words: string;
}

const PAGE = 50;
/** Several things that happen to one visitor are one look. */
const LOOK_AFTER_MS = 200;

export class Online {
  readonly listing: Listing<Visitor>;
  readonly fresh = new SvelteSet<string>();
  readonly #looks = new Soon(LOOK_AFTER_MS);

  constructor(private readonly question: () => Question) {
    this.listing = new Listing<Visitor>((after) => {
      const { view, words } = question();
      const query = {
        ...(view === "online" && { online: true }),
        ...(view === "identified" && { identified: true }),
        ...(words && { q: words }),
        ...(after ? { after, limit: PAGE } : { page: 1, per_page: PAGE }),
      };
      return api("get", "/v1/visitors", { query });
    });
  }

  async load(): Promise<void> {
    this.fresh.clear();
    await this.listing.load();
  }

  /** Listens, until what is given back is called. */
  attend(): () => void {
    const leave = live.attend({
      note: (note) => {
        if (note.type === "presence" && typeof note["visitor_id"] === "string") {
          this.#presence(note["visitor_id"], Boolean(note["online"]), note["page"]);
        }
      },
      event: ({ type, data }) => {
        if (type === "visitors.browsed") {
          for (const id of data["visitor_ids"] as string[]) this.#look(id);
        } else if (type === "visitor.page_viewed") {
          this.#look(String((data["visitor"] as { id: string }).id));
        } else if (type.startsWith("visitor.")) this.#look(String(data["id"]));
      },
      anew: () => void this.load(),
    });
    return () => {
      leave();
      this.#looks.stop();
    };
  }

  #presence(id: string, online: boolean, page: unknown): void {
    const known = this.listing.rows.find((row) => row.id === id);
    if (known) {
      const current = page ? { current_page: page as Visitor["current_page"] } : {};
      this.listing.put({ ...known, online, ...current });
      if (online) this.#look(id);
    } else if (online) this.#come(id);
    else this.fresh.delete(id);
  }

  #come(id: string): void {
    const { view, words } = this.question();
    if (words || view === "identified" || this.listing.isLoading) return;
    // Where nothing is shown, nothing can move.
    if (this.listing.rows.length) this.fresh.add(id);
    else void this.load();
  }

  #look(id: string): void {
    if (!this.listing.rows.some((row) => row.id === id)) return;
    // One that is gone says what it knew.
    this.#looks.run(id, () => void this.#fetch(id).catch(() => undefined));
  }

  async #fetch(id: string): Promise<void> {
    const { data } = await api("get", "/v1/visitors/{id}", { id });
    if (this.listing.rows.some((row) => row.id === id)) this.listing.put(data);
  }
}
