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
/** Who closes a page without a word is away once their lease is over, and nobody tells. */
const CHECK_EVERY_MS = 30_000;

export class Online {
  readonly listing: Listing<Visitor>;
  readonly fresh = new SvelteSet<string>();
  readonly #looks = new Soon(LOOK_AFTER_MS);

  constructor(private readonly question: () => Question) {
    this.listing = new Listing<Visitor>((after) =>
      this.#ask(after ? { after, limit: PAGE } : { page: 1, per_page: PAGE }),
    );
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
          this.#look((data["visitor"] as { id: string }).id);
        } else if (type.startsWith("visitor.")) this.#look(String(data["id"]));
      },
      anew: () => void this.load(),
    });
    const timer = setInterval(() => void this.#check().catch(() => undefined), CHECK_EVERY_MS);
    return () => {
      leave();
      clearInterval(timer);
      this.#looks.stop();
    };
  }

  #ask(page: { after?: string; page?: number; per_page?: number; limit?: number }) {
    const { view, words } = this.question();
    const query = {
      ...(view === "online" && { online: true }),
      ...(view === "identified" && { identified: true }),
      ...(words && { q: words }),
      ...page,
    };
    return api("get", "/v1/visitors", { query });
  }

  #find(id: string): Visitor | undefined {
    return this.listing.rows.find((row) => row.id === id);
  }

  #presence(id: string, online: boolean, page: unknown): void {
    const known = this.#find(id);
    if (known) {
      const current = page ? { current_page: page as Visitor["current_page"] } : {};
      this.listing.put({ ...known, online, ...current });
    }
    if (online) this.#look(id);
    else this.fresh.delete(id);
  }

  #look(id: string): void {
    if (this.fresh.has(id) || this.listing.isLoading) return;
    // One that cannot be fetched is gone, or a row that says what it knew.
    this.#looks.run(id, () => void this.#fetch(id).catch(() => undefined));
  }

  async #fetch(id: string): Promise<void> {
    const { data } = await api("get", "/v1/visitors/{id}", { id });
    if (this.#find(id)) this.listing.put(data);
    else if (this.#belongs(data)) this.#come(id);
  }

  #belongs(visitor: Visitor): boolean {
    const { view, words } = this.question();
    if (words || visitor.device === "bot") return false;
    // Those of old are on a later page.
    if (view !== "online" && this.listing.hasMore) return false;
    return view === "identified" ? Boolean(visitor.contact_id) : visitor.online || view === "all";
  }

  #come(id: string): void {
    // Where nothing is shown, nothing can move.
    if (this.listing.rows.length) this.fresh.add(id);
    else void this.load();
  }

  async #check(): Promise<void> {
    if (document.hidden || this.listing.isLoading) return;
    const { view } = this.question();
    const { data } = await this.#ask({ page: 1, per_page: PAGE });
    if (view !== this.question().view) return;
    const now = Object.fromEntries(data.map((visitor) => [visitor.id, visitor]));
    for (const row of this.listing.rows.slice(0, PAGE)) {
      const newer = now[row.id] ?? { ...row, online: view === "online" ? false : row.online };
      this.listing.put(newer);
    }
    if (view === "online") for (const { id } of data) if (!this.#find(id)) this.#come(id);
  }
}
