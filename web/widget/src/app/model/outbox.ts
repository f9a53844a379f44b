// Messages that the server has not yet acknowledged. They outlive the tab: what was typed is never lost.
import type { Attachment } from "./wire.ts";

export interface Outgoing {
  clientId: string;
  body: string;
  conversationId: string | null;
  attachments: Attachment[];
  preChat?: Record<string, string>;
  consentVersion?: string;
  triggerId?: string;
  at: string;
  /** Why the server refused it; the visitor decides what becomes of it. */
  failure?: string;
}

/** How a try to send ended. */
export type Outcome =
  { kind: "sent" } | { kind: "refused"; reason: string } | { kind: "later"; afterMs?: number };

interface Parts {
  /** Reads and writes what is kept, whole. */
  load(): Outgoing[];
  save(items: Outgoing[]): void;
  send(item: Outgoing): Promise<Outcome>;
  changed(): void;
  after(milliseconds: number, task: () => void): () => void;
  random(): number;
}

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 30_000;
/** More than anyone types while the line is down. */
export const OUTBOX_MAX = 100;

export class Outbox {
  #parts: Parts;
  #items: Outgoing[];
  #isSending = false;
  #attempt = 0;
  #stopWaiting: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#items = parts.load();
  }

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  add(item: Outgoing): void {
    this.#change((items) => [...items, item].slice(-OUTBOX_MAX));
    this.flush();
  }

  /** Tries a refused message again, under its own id. */
  retry(clientId: string): void {
    this.#change((items) =>
      items.map((item) => (item.clientId === clientId ? withoutFailure(item) : item)),
    );
    this.flush();
  }

  remove(clientId: string): void {
    this.#change((items) => items.filter((item) => item.clientId !== clientId));
  }

  /** Takes in what another tab left or the page kept. */
  adopt(items: readonly Outgoing[]): void {
    const known = new Set(this.#items.map((item) => item.clientId));
    const fresh = items.filter((item) => !known.has(item.clientId));
    if (fresh.length > 0) this.#change((mine) => [...fresh, ...mine]);
  }

  clear(): void {
    this.#stopWaiting();
    this.#change(() => []);
  }

  /** Sends now, for example when the line is back. */
  flush(): void {
    this.#stopWaiting();
    if (!this.#isSending) void this.#run();
  }

  /** One after the other: the order in which they were written is kept. */
  async #run(): Promise<void> {
    this.#isSending = true;
    try {
      for (;;) {
        const item = this.#items.find((one) => one.failure === undefined);
        if (!item) return;
        const outcome = await this.#parts.send(item).catch((): Outcome => ({ kind: "later" }));
        if (outcome.kind === "later") return this.#wait(outcome.afterMs);
        this.#attempt = 0;
        if (outcome.kind === "sent") this.remove(item.clientId);
        else this.#refuse(item.clientId, outcome.reason);
      }
    } finally {
      this.#isSending = false;
    }
  }

  #wait(afterMs = 0): void {
    const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    const wait = Math.max(afterMs, RETRY_MIN_MS + this.#parts.random() * (ceiling - RETRY_MIN_MS));
    this.#stopWaiting = this.#parts.after(wait, () => this.flush());
  }

  #refuse(clientId: string, failure: string): void {
    this.#change((items) =>
      items.map((item) => (item.clientId === clientId ? { ...item, failure } : item)),
    );
  }

  #change(change: (items: Outgoing[]) => Outgoing[]): void {
    this.#items = change(this.#items);
    this.#parts.save(this.#items);
    this.#parts.changed();
  }
}

function withoutFailure(item: Outgoing): Outgoing {
  const clean = { ...item };
  delete clean.failure;
  return clean;
}
