// What must outlive the tab: the outbox, the draft, a half-filled form. It is written to the frame's own
// storage and handed to the page as well, since browsers empty or refuse a frame's storage.
import type { Outgoing } from "../model/outbox.ts";

export interface Kept {
  /** Whose it is: another visitor on the same machine must not see it. */
  visitor: string | null;
  outbox: Outgoing[];
  draft: string;
  /** What stands in the forms, by field. */
  form: Record<string, string>;
}

interface Parts {
  key: string;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined;
  /** Hands a copy to the page; `null` takes it back. */
  hand(copy: string | null): void;
}

const EMPTY: Kept = { visitor: null, outbox: [], draft: "", form: {} };

export class Keeper {
  #parts: Parts;
  #kept: Kept;
  /** Every message this tab has known: another tab's are left alone when ours are written. */
  #seen = new Set<string>();

  constructor(parts: Parts, handed: string | null) {
    this.#parts = parts;
    const own = this.#read();
    const copy = parseKept(handed);
    this.#kept = own ?? copy ?? { ...EMPTY };
    if (own && copy && own.visitor === copy.visitor) {
      this.#kept.outbox = union(own.outbox, copy.outbox);
      this.#kept.draft ||= copy.draft;
    }
    for (const item of this.#kept.outbox) this.#seen.add(item.clientId);
  }

  get kept(): Readonly<Kept> {
    return this.#kept;
  }

  /** Drops what another visitor left, once it is known who this one is. */
  belongTo(visitor: string): boolean {
    const isOther = this.#kept.visitor !== null && this.#kept.visitor !== visitor;
    if (isOther) this.#kept = { ...EMPTY };
    this.#kept.visitor = visitor;
    this.#write();
    return !isOther;
  }

  set(change: Partial<Pick<Kept, "draft" | "form">>): void {
    Object.assign(this.#kept, change);
    this.#write();
  }

  setOutbox(items: Outgoing[]): void {
    for (const item of items) this.#seen.add(item.clientId);
    this.#kept.outbox = items;
    this.#write();
  }

  forget(): void {
    this.#kept = { ...EMPTY };
    quietly(() => this.#parts.storage?.removeItem(this.#parts.key));
    this.#parts.hand(null);
  }

  #read(): Kept | undefined {
    return parseKept(quietly(() => this.#parts.storage?.getItem(this.#parts.key)) ?? null);
  }

  #write(): void {
    const others = (this.#read()?.outbox ?? []).filter((item) => !this.#seen.has(item.clientId));
    const text = JSON.stringify({ ...this.#kept, outbox: [...others, ...this.#kept.outbox] });
    quietly(() => this.#parts.storage?.setItem(this.#parts.key, text));
    this.#parts.hand(text);
  }
}

export function parseKept(text: string | null): Kept | undefined {
  const value = quietly(() => JSON.parse(text ?? "null") as Partial<Kept> | null);
  if (!value || !Array.isArray(value.outbox)) return undefined;
  return {
    visitor: typeof value.visitor === "string" ? value.visitor : null,
    outbox: value.outbox.filter((item) => typeof item?.clientId === "string"),
    draft: String(value.draft ?? ""),
    form: { ...value.form },
  };
}

function union(first: readonly Outgoing[], second: readonly Outgoing[]): Outgoing[] {
  const byId = new Map([...first, ...second].map((item) => [item.clientId, item]));
  return [...byId.values()];
}

/** Storage throws where it is blocked or full; what it would have kept then lives as long as the page. */
export function quietly<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}
