// One connection for all tabs of a browser: one tab listens and passes on, the others hear it.
// The lock decides who; when its holder goes, the next takes over from the last event it knows.
import { quietly } from "./keep.ts";
import type { EventFrame, NoteFrame, Signal, State } from "@switchboard/realtime";

export interface Hearing {
  onEvent(event: EventFrame): void;
  onNote(note: NoteFrame): void;
  onState(state: State): void;
  onResync(): void;
}

export interface Connection {
  /** Whether this tab is the one that listens for all of them. */
  readonly isLeading?: boolean;
  signal(signal: Signal): void;
  wake(): void;
  close(): void;
}

export interface Channel {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

interface Parts {
  since: number;
  hearing: Hearing;
  connect(since: number, hearing: Hearing): Connection;
  /** `undefined` where the browser cannot share: then this tab listens for itself. */
  channel: Channel | undefined;
  /** Calls back once this tab holds the lock, and keeps it until the promise ends; or that it never will. */
  lead: ((held: () => Promise<void>, refused: () => void) => void) | undefined;
}

type Relayed =
  | { kind: "event"; event: EventFrame }
  | { kind: "note"; note: NoteFrame }
  | { kind: "state"; state: State; known: number }
  | { kind: "resync"; known: number }
  | { kind: "signal"; signal: Signal }
  | { kind: "who" };

export class SharedLive implements Connection {
  #parts: Parts;
  #known: number;
  #state: State = "connecting";
  #own: Connection | undefined;
  #letGo: () => void = () => undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#known = parts.since;
    const { channel, lead } = parts;
    if (!channel || !lead) {
      this.#listen();
      return;
    }
    channel.onmessage = ({ data }) => this.#relayed(data as Relayed);
    this.#post({ kind: "who" });
    lead(
      () => this.#isLeading(),
      () => this.#listenAlone(),
    );
  }

  get isLeading(): boolean {
    return this.#own !== undefined;
  }

  signal(signal: Signal): void {
    if (this.#own) this.#own.signal(signal);
    else this.#post({ kind: "signal", signal });
  }

  wake(): void {
    this.#own?.wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#own?.close();
    this.#letGo();
    this.#parts.channel?.close();
  }

  #isLeading(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#listen();
    return new Promise((done) => {
      this.#letGo = done;
    });
  }

  /** Browsers that keep a frame from its storage keep it from locks as well. */
  #listenAlone(): void {
    if (this.#isClosed || this.#own) return;
    this.#parts.channel?.close();
    this.#parts.channel = undefined;
    this.#listen();
  }

  #listen(): void {
    this.#own = this.#parts.connect(this.#known, {
      onEvent: (event) => {
        this.#post({ kind: "event", event });
        this.#event(event);
      },
      onNote: (note) => {
        this.#post({ kind: "note", note });
        this.#parts.hearing.onNote(note);
      },
      onState: (state) => {
        this.#become(state);
        this.#post({ kind: "state", state, known: this.#known });
      },
      onResync: () => {
        this.#post({ kind: "resync", known: this.#known });
        this.#parts.hearing.onResync();
      },
    });
  }

  #relayed(message: Relayed): void {
    if (this.#own) {
      if (message.kind === "signal") this.#own.signal(message.signal);
      if (message.kind === "who") {
        this.#post({ kind: "state", state: this.#state, known: this.#known });
      }
      return;
    }
    switch (message.kind) {
      case "event":
        return this.#event(message.event);
      case "note":
        return this.#parts.hearing.onNote(message.note);
      case "state":
        this.#behind(message.known);
        return this.#become(message.state);
      case "resync":
        return this.#parts.hearing.onResync();
      default:
    }
  }

  #event(event: EventFrame): void {
    if (event.seq <= this.#known) return;
    if (!this.#own) this.#behind(event.prev);
    this.#known = event.seq;
    this.#parts.hearing.onEvent(event);
  }

  /** The leader knows more than was passed on to this tab: it slept through something. */
  #behind(known: number): void {
    if (known <= this.#known) return;
    this.#known = known;
    this.#parts.hearing.onResync();
  }

  #become(state: State): void {
    this.#state = state;
    this.#parts.hearing.onState(state);
  }

  #post(message: Relayed): void {
    this.#parts.channel?.postMessage(message);
  }
}

/** The lock and the channel of a browser, where it has both. */
export function browserSharing(name: string): Pick<Parts, "channel" | "lead"> {
  const locks = navigator.locks as LockManager | undefined;
  const channel = quietly(() => new BroadcastChannel(name) as unknown as Channel);
  if (!locks || !channel) return { channel: undefined, lead: undefined };
  return {
    channel,
    lead: (held, refused) => {
      locks.request(name, held).catch(refused);
    },
  };
}
