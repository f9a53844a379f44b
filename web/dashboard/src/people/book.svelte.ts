// The words that contacts are sorted by: tags, dispositions, lists. Fetched once a place needs them.
import { api } from "../api/client.ts";
import type { Disposition, List, Tag } from "./types.ts";

const MOST = 100;

class Book {
  tags = $state.raw<Tag[]>([]);
  dispositions = $state.raw<Disposition[]>([]);
  lists = $state.raw<List[]>([]);

  /** What fails stays as it was: names are then shown as ids, and tags are typed. */
  async load(): Promise<void> {
    const query = { limit: MOST };
    await Promise.allSettled([
      api("get", "/v1/tags", { query }).then(({ data }) => (this.tags = data)),
      api("get", "/v1/dispositions", { query }).then(({ data }) => (this.dispositions = data)),
      api("get", "/v1/lists", { query }).then(({ data }) => (this.lists = data)),
    ]);
  }

  get dispositionNames(): Record<string, string> {
    return Object.fromEntries(this.dispositions.map(({ id, name }) => [id, name]));
  }

  get listNames(): Record<string, string> {
    return Object.fromEntries(this.lists.map(({ id, name }) => [id, name]));
  }
}

export const book = new Book();
