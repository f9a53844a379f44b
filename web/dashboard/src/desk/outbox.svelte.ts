// What was sent and the server does not have yet. It is kept in this browser before the server is
// asked, and under one name: so it goes out once, whatever ends in between, be it the tab, the
// network or the server. What was written first in a conversation goes out first.
import {
  api,
  Problem,
  reason,
  type Attachment,
  type Message,
  type MacroAction,
} from "../api/client.ts";
import { drafts, type Mode } from "./drafts.svelte.ts";
import { team } from "./team.svelte.ts";

const PREFIX = "switchboard:unsent:";
const CONFLICT = 409;
const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 30_000;
/** Nothing is held longer; a later time comes from a clock that was set back. */
const HELD_MAX_MS = 60_000;

/** What the reader sent, until the server has it. */
export interface Sending {
  clientId: string;
  conversation: string;
  /** Who sent it: nobody else does so in their place. */
  by: string;
  body: string;
  mode: Mode;
  files: Attachment[];
  /** Whom a note names. */
  mentions: string[];
  /** What is to be done once it is sent. */
  todo: MacroAction[];
  /** The newest that was there to be read: a colleague's later answer is not talked over unseen. */
  newest?: number | undefined;
  /** Its place among all: what is smaller goes first. */
  turn: number;
  /** Until when it can be taken back, by the clock of this browser. */
  heldUntil?: number | undefined;
  /** The server has it; what is left is what was to be done then. */
  isSent?: boolean;
  /** Why the server refused it: it waits for a word of the reader. */
  problem?: string | undefined;
  /** Somebody answered since: sending it takes a second word, */
  isOvertaken?: boolean;
  /** which was given. */
  isAnyway?: boolean;
}

/** What the rest of the desk does with what was sent. */
interface Listener {
  sent(message: Message): void;
  carryOut(todo: MacroAction[], conversation: string): Promise<void>;
  /** Puts the words back to where they were written. */
  takenBack(one: Sending): void;
}

class Outbox {
  all = $state.raw<Sending[]>([]);
  /** Why nothing can be sent just now; it is tried again by itself. */
  waiting = $state<string>();
  #listener: Listener | undefined;
  #timers = new Map<string, number>();
  #busy = new Set<string>();
  #retry = 0;
  #retryMs = RETRY_MIN_MS;

  /** Sends what an earlier tab could not. */
  start(listener: Listener): void {
    this.#listener = listener;
    addEventListener("storage", ({ key }) => {
      if (key?.startsWith(PREFIX)) this.#read();
    });
    addEventListener("online", () => this.flush());
    // A tab that is closed does not wait: it asks the server on its way out.
    addEventListener("pagehide", () => this.#hasten());
    this.#read();
    this.flush();
  }

  /** What is on its way in a conversation, in the order in which it was sent. */
  of(conversation: string | undefined): Sending[] {
    return this.all.filter((one) => one.conversation === conversation && !one.isSent);
  }

  /** Sends it, after `heldMs` in which it can be taken back. */
  send(words: Omit<Sending, "clientId" | "by" | "turn" | "heldUntil">, heldMs = 0): void {
    const turn = Math.max(Date.now(), ...this.all.map((one) => one.turn + 1));
    const heldUntil = heldMs ? Date.now() + heldMs : undefined;
    const one = { ...words, clientId: name(), by: team.me, turn, heldUntil };
    this.#keep(one);
    if (heldMs) this.#later(one.clientId, heldMs);
    else void this.#send(one.conversation);
  }

  /** Puts something off until what was sent before has gone out; false if nothing is on its way. */
  after(conversation: string, deed: MacroAction): boolean {
    const last = this.all.findLast((one) => one.conversation === conversation && !one.problem);
    if (last) this.#keep({ ...last, todo: [...last.todo, deed] });
    return last !== undefined;
  }

  /** Whether it can be taken back still. */
  isHeld({ heldUntil }: Sending): boolean {
    const left = (heldUntil ?? 0) - Date.now();
    return 0 < left && left <= HELD_MAX_MS;
  }

  /** Tries again what was refused. */
  again(one: Sending): void {
    const isAnyway = one.isAnyway === true || one.isOvertaken === true;
    this.#keep({ ...one, problem: undefined, isOvertaken: false, isAnyway });
    void this.#send(one.conversation);
  }

  /** Gives the words back to whoever wrote them, for another try or for none. */
  takeBack(one: Sending): void {
    if (this.#busy.has(one.clientId)) return; // on its way: too late
    this.#drop(one.clientId);
    this.#listener?.takenBack(one);
  }

  /** Throws the words away. */
  discard(one: Sending): void {
    if (!this.#busy.has(one.clientId)) this.#drop(one.clientId);
  }

  /** What can be taken back, and was sent last. */
  get newestHeld(): Sending | undefined {
    return this.all.findLast((one) => this.isHeld(one));
  }

  /** The log says that the server has it. */
  arrived(clientId: string | null | undefined): void {
    const one = this.all.find((known) => known.clientId === clientId);
    if (!one) return;
    if (one.todo.length) this.#keep({ ...one, isSent: true });
    else this.#drop(one.clientId);
  }

  /** Sends all that waits. */
  flush(): void {
    for (const conversation of new Set(this.all.map((one) => one.conversation)))
      void this.#send(conversation);
  }

  /** One tab at a time, in their order, until one has to wait. */
  async #send(conversation: string): Promise<void> {
    await alone(PREFIX + conversation, async () => {
      this.#read();
      for (const { clientId } of this.all.filter((one) => one.conversation === conversation)) {
        const one = this.all.find((known) => known.clientId === clientId);
        if (!one || one.problem) continue;
        if (this.isHeld(one)) return;
        this.#busy.add(clientId);
        const isDone = await this.#post(one).finally(() => this.#busy.delete(clientId));
        if (!isDone) return;
      }
    });
  }

  /** Gives whether the next one may follow. */
  async #post(one: Sending): Promise<boolean> {
    try {
      if (!one.isSent) {
        const { data } = await api("post", "/v1/conversations/{id}/messages", {
          id: one.conversation,
          body: letter(one),
        });
        this.#listener?.sent(data);
      }
      this.#calm();
    } catch (error) {
      if (!this.all.some(({ clientId }) => clientId === one.clientId)) return true; // the log told that it arrived
      if (!this.#hasArrived(one)) return this.#refused(one, error);
    }
    // Something may have been put off until now, while it was on its way.
    const todo = this.all.find(({ clientId }) => clientId === one.clientId)?.todo ?? [];
    this.#drop(one.clientId);
    if (todo.length) await this.#listener?.carryOut(todo, one.conversation);
    return true;
  }

  #hasArrived({ clientId }: Sending): boolean {
    return this.all.find((one) => one.clientId === clientId)?.isSent ?? false;
  }

  #refused(one: Sending, error: unknown): boolean {
    if (mayPass(error)) {
      this.waiting = reason(error);
      clearTimeout(this.#retry);
      this.#retry = window.setTimeout(() => this.flush(), this.#retryMs);
      this.#retryMs = Math.min(RETRY_MAX_MS, this.#retryMs * 2);
      return false;
    }
    const isOvertaken = error instanceof Problem && error.status === CONFLICT;
    this.#keep({ ...one, problem: reason(error), isOvertaken });
    return true;
  }

  #calm(): void {
    this.waiting = undefined;
    this.#retryMs = RETRY_MIN_MS;
    clearTimeout(this.#retry);
  }

  #later(clientId: string, milliseconds: number): void {
    const due = () => {
      this.#timers.delete(clientId);
      const one = this.all.find((known) => known.clientId === clientId);
      if (!one) return;
      this.#keep({ ...one, heldUntil: undefined });
      void this.#send(one.conversation);
    };
    this.#timers.set(clientId, window.setTimeout(due, milliseconds));
  }

  /** Its answer is not waited for: what is still kept is asked for again, under the same name. */
  #hasten(): void {
    for (const one of this.all.filter((known) => this.isHeld(known))) {
      this.#keep({ ...one, heldUntil: undefined });
      void fetch(`/v1/conversations/${one.conversation}/messages`, {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(letter(one)),
      }).catch(() => undefined);
    }
  }

  /** What any tab of theirs has kept, and what could not be kept. */
  #read(): void {
    const kept = stored(team.me);
    const names = new Set(kept.map(({ clientId }) => clientId));
    const mine = this.all.filter(
      ({ clientId }) => !names.has(clientId) && this.#lost.has(clientId),
    );
    this.all = [...kept, ...mine].sort((a, b) => a.turn - b.turn);
  }

  /** What this browser has no room for. */
  #lost = new Set<string>();

  #keep(one: Sending): void {
    const others = this.all.filter(({ clientId }) => clientId !== one.clientId);
    this.all = [...others, one].sort((a, b) => a.turn - b.turn);
    try {
      localStorage.setItem(PREFIX + one.clientId, JSON.stringify(one));
      this.#lost.delete(one.clientId);
    } catch {
      this.#lost.add(one.clientId);
      drafts.isKept = false;
    }
  }

  #drop(clientId: string): void {
    clearTimeout(this.#timers.get(clientId));
    this.#lost.delete(clientId);
    this.all = this.all.filter((one) => one.clientId !== clientId);
    try {
      localStorage.removeItem(PREFIX + clientId);
    } catch {
      // It was never kept.
    }
  }
}

/** As the server takes it. */
function letter(one: Sending) {
  const guard =
    one.mode === "reply" && !one.isAnyway && one.newest ? { if_last_number: one.newest } : {};
  return {
    body: one.body,
    type: one.mode === "note" ? ("note" as const) : ("operator" as const),
    client_id: one.clientId,
    attachments: one.files.map((file) => file.id),
    mentions: one.mentions,
    ...guard,
  };
}

/** Whether the same may go through a moment later: no network, a server in trouble, a full one. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  return error.isPassing || error.status === 429 || error.status === 401;
}

function stored(by: string): Sending[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .flatMap((key) => read(localStorage.getItem(key)) ?? [])
      .filter((one) => one.by === by);
  } catch {
    return [];
  }
}

function read(text: string | null): Sending | undefined {
  try {
    return JSON.parse(text ?? "") as Sending;
  } catch {
    return undefined;
  }
}

/** Does it while no other tab does the same. Without locks the server's memory of names is what is left. */
let running: Promise<void> = Promise.resolve();
async function alone(what: string, task: () => Promise<void>): Promise<void> {
  if ("locks" in navigator) return navigator.locks.request(what, task);
  const turn = running.then(task);
  running = turn.catch(() => undefined);
  return turn;
}

/** Plain http on another machine's address has no randomUUID. */
function name(): string {
  return (
    crypto.randomUUID?.() ??
    Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("")
  );
}

export const outbox = new Outbox();
