// The words that contacts are sorted by: tags, dispositions, lists, attributes. Fetched once a place needs them.
import { api } from "../api/client.ts";
import type { Attribute, Disposition, List, Tag } from "./types.ts";

const MOST = 100;

class Book {
  tags = $state.raw<Tag[]>([]);
  dispositions = $state.raw<Disposition[]>([]);
  lists = $state.raw<List[]>([]);
  /** How attributes are shown and asked for, where the workspace says so. */
  attributes = $state.raw<Attribute[]>([]);

  /** What fails stays as it was: names are then shown as ids, and tags are typed. */
  async load(): Promise<void> {
    const query = { limit: MOST };
    await Promise.allSettled([
      api("get", "/v1/tags", { query }).then(({ data }) => (this.tags = data)),
      api("get", "/v1/dispositions", { query }).then(({ data }) => (this.dispositions = data)),
      api("get", "/v1/lists", { query }).then(({ data }) => (this.lists = data)),
      api("get", "/v1/attributes", { query }).then(({ data }) => (this.attributes = data)),
    ]);
  }

  attribute(name: string): Attribute | undefined {
    return this.attributes.find((one) => one.name === name);
  }

  /** What people read for the name of an attribute. */
  label(name: string): string {
    return this.attribute(name)?.label || name;
  }

  /** The values that there are to choose from; none where anything goes. */
  choices(name: string): string[] {
    const { kind, choices } = this.attribute(name) ?? {};
    if (kind === "flag") return ["true", "false"];
    return kind === "choice" ? (choices ?? []) : [];
  }

  get dispositionNames(): Record<string, string> {
    return Object.fromEntries(this.dispositions.map(({ id, name }) => [id, name]));
  }

  get listNames(): Record<string, string> {
    return Object.fromEntries(this.lists.map(({ id, name }) => [id, name]));
  }
}

export const book = new Book();
