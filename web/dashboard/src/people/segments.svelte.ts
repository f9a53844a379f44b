// Searches for contacts under a name: one's own, and the team's.
import { api, total } from "../api/client.ts";
import { team } from "../desk/team.svelte.ts";
import { address, answering, type Question } from "./filter.ts";
import type { Segment } from "./types.ts";

const MOST = 100;
/** Those at the side, each with a count of its own. */
export const SHOWN_MAX = 30;

class Segments {
  all = $state.raw<Segment[]>([]);
  /** How many are in each, by its id. */
  counts = $state<Record<string, number>>({});

  /** What fails stays as it was. */
  async load(): Promise<void> {
    try {
      const { data } = await api("get", "/v1/segments", { query: { limit: MOST } });
      this.all = data.filter(({ owner_id }) => !owner_id || owner_id === team.me).reverse();
    } catch {
      return;
    }
    await this.count();
  }

  /** One after the other: they are no hurry, and may be many. */
  async count(): Promise<void> {
    for (const { id } of this.all.slice(0, SHOWN_MAX)) {
      try {
        const body = { segment_id: id, page: 1, per_page: 1 };
        this.counts[id] = total(await api("post", "/v1/contacts/search", { body }));
      } catch {
        // It stands there without a count, or with the one before.
      }
    }
  }

  find(id: string): Segment | undefined {
    return this.all.find((one) => one.id === id);
  }

  async make(name: string, asked: Question, owner_id: string | null): Promise<Segment> {
    const body = { name, search: asked as Segment["search"], owner_id };
    const { data } = await api("post", "/v1/segments", { body });
    this.all = [...this.all, data];
    void this.count();
    return data;
  }

  async change(id: string, body: { name?: string; owner_id?: string | null }): Promise<void> {
    const { data } = await api("patch", "/v1/segments/{id}", { id, body });
    this.all = this.all.map((one) => (one.id === id ? data : one));
  }

  async remove({ id }: Segment): Promise<void> {
    await api("delete", "/v1/segments/{id}", { id });
    this.all = this.all.filter((one) => one.id !== id);
  }

  /** The same once more, after it was deleted. */
  async again({ name, filters, search, description, owner_id }: Segment): Promise<void> {
    const body = { name, filters, search, description: description ?? null, owner_id };
    const { data } = await api("post", "/v1/segments", {
      body: { ...body, owner_id: owner_id ?? null },
    });
    this.all = [...this.all, data];
    void this.count();
  }
}

export const segments = new Segments();

/** Where a segment is: its filters in the address, or its id where they cannot say it. */
export function searchOf({ id, filters, search }: Segment): string {
  const isFlat = Object.keys(filters).length > 0;
  const said = isFlat ? undefined : answering(search);
  return said ? address(...said) : address("", [], id);
}
