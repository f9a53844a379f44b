// A list that the server gives by pages: its rows, whether more follow, and why it failed.

interface Page<T> {
  data: T[];
  pagination?: object;
}

export class Listing<T extends { id: string }> {
  rows = $state.raw<T[]>([]);
  isLoading = $state(true);
  hasMore = $state(false);
  /** How many there are, if the server counted. */
  total = $state<number>();
  problem = $state<unknown>();
  #turn = 0;

  /** `ask` gives the page after a row, and the first page without one. */
  constructor(private readonly ask: (after: string | undefined) => Promise<Page<T>>) {}

  /** Asks from the start. An answer that another question has overtaken is dropped. */
  async load(): Promise<void> {
    await this.#take(undefined);
  }

  async more(): Promise<void> {
    if (this.hasMore && !this.isLoading) await this.#take(this.rows.at(-1)?.id);
  }

  /** Takes a row's newer state, or a new row as the first. */
  put(row: T): void {
    const isKnown = this.rows.some(({ id }) => id === row.id);
    this.rows = isKnown
      ? this.rows.map((known) => (known.id === row.id ? row : known))
      : [row, ...this.rows];
  }

  drop(id: string): void {
    this.rows = this.rows.filter((known) => known.id !== id);
  }

  async #take(after: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    this.isLoading = true;
    this.problem = undefined;
    try {
      const { data, pagination } = await this.ask(after);
      if (turn !== this.#turn) return;
      const isNew = (row: T) => !this.rows.some(({ id }) => id === row.id);
      this.rows = after ? [...this.rows, ...data.filter(isNew)] : data;
      this.hasMore = Boolean(pagination && "has_more" in pagination && pagination.has_more);
      if (pagination && "total" in pagination) this.total = Number(pagination.total);
    } catch (error) {
      if (turn === this.#turn) this.problem = error;
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }
}
