// What the team has saved for the inbox: views, macros and tags.
import { api, type Macro, type Tag, type View as SavedView } from "../api/client.ts";
import { cache } from "./cache.ts";
import { team } from "./team.svelte.ts";

/** What a view shows; absent fields leave it open. */
export type Filter = Partial<SavedView["filter"]>;

const MOST = 100;

class Saved {
  views = $state<SavedView[]>([]);
  macros = $state<Macro[]>([]);
  tags = $state<Tag[]>([]);

  async load(): Promise<void> {
    const query = { limit: MOST };
    const [views, macros, tags] = await Promise.all([
      api("get", "/v1/views", { query }),
      api("get", "/v1/macros", { query }),
      api("get", "/v1/tags", { query }),
    ]);
    this.views = views.data.filter(({ owner_id }) => !owner_id || owner_id === team.me).reverse();
    this.macros = macros.data;
    this.tags = tags.data;
    void cache.keepFrame({ views: this.views, macros: macros.data, tags: tags.data });
  }

  /** As this browser remembers it. */
  async recall(): Promise<void> {
    const { views = [], macros = [], tags = [] } = (await cache.frame()) ?? {};
    [this.views, this.macros, this.tags] = [views, macros, tags];
  }

  view(id: string): SavedView | undefined {
    return this.views.find((view) => view.id === id);
  }

  async saveView(name: string, filter: Filter, isShared: boolean): Promise<SavedView> {
    const whole = filter as SavedView["filter"];
    const body = { name, filter: whole, owner_id: isShared ? null : team.me };
    const { data } = await api("post", "/v1/views", { body });
    this.views = [...this.views, data];
    return data;
  }

  async deleteView(id: string): Promise<void> {
    await api("delete", "/v1/views/{id}", { id });
    this.views = this.views.filter((view) => view.id !== id);
  }
}

export const saved = new Saved();
