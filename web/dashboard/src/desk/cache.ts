// What this browser keeps of what the server said: the desk opens with it before the first answer,
// and stays readable without a network. It may be empty at any time; nothing stands only here.
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Account, Conversation, Macro, Message, Operator, Tag, View } from "../api/client.ts";

/** Of so many conversations what was said is kept; those that were not opened for longest go first. */
export const THREADS_MAX = 500;
/** Of each, so many of the newest messages. */
export const MESSAGES_MAX = 100;
const VERSION = 1;
const WHOSE = "switchboard:cached-for";
const NAME = "switchboard";

/** What was said in a conversation, up to now. */
export interface KeptThread {
  id: string;
  messages: Message[];
  /** How many pages lie before them. */
  earlier: number;
  /** When it was last touched, by the clock of this browser. */
  at: number;
}

/** What stands on every page of the desk. */
export interface Frame {
  account: Account;
  operators: Operator[];
  views: View[];
  macros: Macro[];
  tags: Tag[];
}

interface Schema extends DBSchema {
  /** The rows of each view, in their order. */
  lists: { key: string; value: { view: string; ids: string[] } };
  conversations: { key: string; value: Conversation };
  threads: { key: string; value: KeptThread; indexes: { at: number } };
  /** One row each: the place in the log up to which all this is true, and the frame. */
  facts: { key: "seq" | "frame"; value: number | Partial<Frame> };
}

class Cache {
  #database: Promise<IDBPDatabase<Schema> | undefined> | undefined;
  /** What is written goes in the order in which it came. */
  #last: Promise<unknown> = Promise.resolve();

  /** Opens what is kept for whoever sat here last. */
  #open(): Promise<IDBPDatabase<Schema> | undefined> {
    this.#database ??= openDB<Schema>(NAME, VERSION, {
      upgrade(database) {
        database.createObjectStore("lists", { keyPath: "view" });
        database.createObjectStore("conversations", { keyPath: "id" });
        database.createObjectStore("threads", { keyPath: "id" }).createIndex("at", "at");
        database.createObjectStore("facts");
      },
      // A newer desk in another tab must not wait for this one.
      blocking: (_now, _then, event) => (event.target as IDBDatabase).close(),
      terminated: () => (this.#database = undefined),
    }).catch(() => undefined);
    return this.#database;
  }

  /** Asks it. Whatever goes wrong, nothing is known then. */
  async #read<T>(ask: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
    const database = await this.#open();
    return database && ask(database).catch(() => undefined);
  }

  /** Tells it, after all that it was told before. A full or closed store forgets; that is allowed. */
  #write(task: (database: IDBPDatabase<Schema>) => Promise<unknown>): Promise<void> {
    const done = this.#last.then(() => this.#read(task)).then(() => undefined);
    this.#last = done;
    return done;
  }

  /** What one person saw is not for the next one. Gives whether it is theirs. */
  async belongTo(operator: string): Promise<boolean> {
    const before = whose();
    if (before === operator) return true;
    await this.forget();
    own(operator);
    return false;
  }

  /** Forgets everything. */
  async forget(): Promise<void> {
    own(undefined);
    (await this.#open())?.close();
    this.#database = undefined;
    await deleteDB(NAME).catch(() => undefined);
  }

  frame(): Promise<Partial<Frame> | undefined> {
    if (!whose()) return Promise.resolve(undefined);
    return this.#read((database) => database.get("facts", "frame")) as Promise<
      Partial<Frame> | undefined
    >;
  }

  keepFrame(more: Partial<Frame>): Promise<void> {
    return this.#write(async (database) => {
      const frame = (await database.get("facts", "frame")) as Partial<Frame> | undefined;
      await database.put("facts", plain({ ...frame, ...more }), "frame");
    });
  }

  seq(): Promise<number | undefined> {
    return this.#read((database) => database.get("facts", "seq")) as Promise<number | undefined>;
  }

  /** Up to here, what is kept is true. */
  keepSeq(seq: number): Promise<void> {
    return this.#write((database) => database.put("facts", seq, "seq"));
  }

  async list(view: string): Promise<Conversation[] | undefined> {
    return this.#read(async (database) => {
      const list = await database.get("lists", view);
      if (!list) return undefined;
      const reading = database.transaction("conversations");
      const rows = await Promise.all(list.ids.map((id) => reading.store.get(id)));
      return rows.filter((row) => row !== undefined);
    });
  }

  keepList(view: string, rows: Conversation[]): Promise<void> {
    return this.#write(async (database) => {
      const writing = database.transaction(["lists", "conversations"], "readwrite");
      const conversations = writing.objectStore("conversations");
      for (const row of rows) void conversations.put(plain(row));
      void writing.objectStore("lists").put({ view, ids: rows.map(({ id }) => id) });
      await writing.done;
    });
  }

  keepConversation(conversation: Conversation): Promise<void> {
    return this.#write((database) => database.put("conversations", plain(conversation)));
  }

  conversation(id: string): Promise<Conversation | undefined> {
    return this.#read((database) => database.get("conversations", id));
  }

  thread(id: string): Promise<KeptThread | undefined> {
    return this.#read((database) => database.get("threads", id));
  }

  keepThread(id: string, messages: Message[], earlier: number): Promise<void> {
    const newest = plain(messages.slice(-MESSAGES_MAX));
    return this.#write((database) =>
      database.put("threads", { id, messages: newest, earlier, at: Date.now() }),
    );
  }

  /** A message that is new or has changed, where its conversation is kept. */
  put(message: Message): Promise<void> {
    return this.#write(async (database) => {
      const kept = await database.get("threads", message.conversation_id);
      if (!kept) return;
      const messages = kept.messages.filter(({ id }) => id !== message.id);
      const place = kept.messages.findIndex(({ id }) => id === message.id);
      messages.splice(place < 0 ? messages.length : place, 0, plain(message));
      await database.put("threads", { ...kept, messages: messages.slice(-MESSAGES_MAX) });
    });
  }

  /** What was kept may have missed something: it is asked for anew when it is wanted. */
  doubt(): Promise<void> {
    return this.#write((database) => database.clear("threads"));
  }

  /** Lets go of what was not touched for longest. */
  prune(): Promise<void> {
    return this.#write(async (database) => {
      const writing = database.transaction(["threads", "conversations", "lists"], "readwrite");
      const threads = writing.objectStore("threads");
      let beyond = (await threads.count()) - THREADS_MAX;
      for (let at = await threads.index("at").openCursor(); at && beyond > 0; beyond -= 1) {
        void at.delete();
        at = await at.continue();
      }
      const lists = await writing.objectStore("lists").getAll();
      const known = new Set([...(await threads.getAllKeys()), ...lists.flatMap(({ ids }) => ids)]);
      const conversations = writing.objectStore("conversations");
      for (const id of await conversations.getAllKeys())
        if (!known.has(id)) void conversations.delete(id);
      await writing.done;
    });
  }
}

/** State of Svelte is a proxy, which no database takes. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function whose(): string | null {
  try {
    return localStorage.getItem(WHOSE);
  } catch {
    return null;
  }
}

function own(operator: string | undefined): void {
  try {
    if (operator) localStorage.setItem(WHOSE, operator);
    else localStorage.removeItem(WHOSE);
  } catch {
    // Then nothing is kept for the next time.
  }
}

export const cache = new Cache();
