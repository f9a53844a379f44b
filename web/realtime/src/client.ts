import { backoff } from "./backoff.ts";
import { browserEnvironment, type Environment } from "./environment.ts";
import { isEvent, type EventFrame, type Frame, type NoteFrame, type Signal } from "./frames.ts";
import { throttleSignals } from "./throttle.ts";
import {
  credential,
  pollWay,
  socketWay,
  streamWay,
  type End,
  type Link,
  type Way,
} from "./ways.ts";

/** `refused` is final: a new token needs a new client. */
export type State = "connecting" | "catching_up" | "live" | "offline" | "refused";

export interface Options {
  /** Where the WebSocket is, with its query: `https://chat.example.com/widget/v1/realtime?site=pk_1`. */
  url: string;
  /** Where signals go when there is no socket. */
  signalUrl: string;
  /** The reader's own cookie says who listens where there is none. */
  token?: string;
  /** Everything up to this `seq` is known; without it the stream begins now. */
  since?: number | undefined;
  onEvent(event: EventFrame): void;
  /** Typing, viewing, presence: what holds for a moment. */
  onNote?(note: NoteFrame): void;
  onState?(state: State): void;
  /** Too much was missed: fetch the lists anew. */
  onResync?(): void;
  env?: Environment;
}

/** Ways in the order of preference, with how often each may fail before the next one has its turn. */
const WAYS: readonly { open: Way; triesMax: number }[] = [
  { open: socketWay, triesMax: 2 },
  { open: streamWay, triesMax: 1 },
  { open: pollWay, triesMax: 1 },
];
/** A way that worked where sockets did not is kept this long. */
export const FALLBACK_KEPT_MS = 10 * 60_000;
/** A connection that lived this long ends the back-off. */
const STABLE_MS = 5000;
const HEARTBEAT_MS = 25_000;
/** Two heartbeats that did not come, and some way for the third to travel. */
const SILENCE_FACTOR = 2.2;
/** A resumed stream without an event for so long has caught up. */
const CAUGHT_UP_MS = 300;

export class Realtime {
  #options: Options;
  #env: Environment;
  #state: State = "connecting";
  #known: number | undefined;
  #link: Link | undefined;
  #way = 0;
  #failures = 0;
  #attempt = 0;
  #welcomedAt: number | undefined;
  #heartbeat = HEARTBEAT_MS;
  #mayResume = false;
  /** The gap that a resume did not fill: asked for twice, it is taken as told. */
  #gapAt: number | undefined;
  #stops: Record<string, () => void> = {};
  #signal: (signal: Signal) => void;

  constructor(options: Options) {
    this.#options = options;
    this.#env = options.env ?? browserEnvironment();
    this.#known = options.since;
    this.#signal = throttleSignals(this.#env, (signal) => this.#pass(signal));
    this.#stops["network"] = this.#env.onNetwork(() => this.#networkChanged());
    this.#recallWay();
    this.#connect();
  }

  /** The `seq` up to which everything was told. */
  get known(): number | undefined {
    return this.#known;
  }

  get state(): State {
    return this.#state;
  }

  /** Tells the server something that nobody keeps; throttled, and lost if it cannot be sent. */
  signal(signal: Signal): void {
    this.#signal(signal);
  }

  /** Tries at once, for example when the reader comes back to the tab. */
  wake(): void {
    if (!this.#link && this.#state !== "refused") this.#connect();
  }

  close(): void {
    this.#drop();
    for (const stop of Object.values(this.#stops)) stop();
    this.#stops = {};
  }

  #connect(): void {
    this.#drop();
    if (!this.#env.isOnline()) return this.#become("offline");
    this.#become("connecting");
    const { url, token } = this.#options;
    this.#welcomedAt = undefined;
    const way = WAYS[this.#way] ?? { open: socketWay };
    this.#watch();
    this.#link = way.open(
      { url, ...(token && { token }), since: this.#known },
      { onFrame: (frame) => this.#hear(frame), onEnd: (end) => this.#ended(end) },
      this.#env,
    );
  }

  #hear(frame: Frame): void {
    this.#watch();
    if (this.#welcomedAt === undefined) this.#welcomed(frame);
    if (isEvent(frame)) return this.#hearEvent(frame);
    switch (frame.type) {
      case "welcome":
        return;
      case "ping":
        this.#link?.send?.({ type: "pong" });
        return this.#caughtUp();
      case "live":
        // What was left out on the way here is none of ours.
        this.#known = Math.max(this.#known ?? 0, Number(frame["seq"]));
        return this.#caughtUp();
      case "resync":
        this.#known = Number(frame["seq"]);
        return this.#options.onResync?.();
      case "bye":
        return this.#ended(frame["resume"] === false ? "refused" : "lost");
      default:
        this.#options.onNote?.(frame);
    }
  }

  /** The first frame: this way works. */
  #welcomed(frame: Frame): void {
    this.#welcomedAt = this.#env.now();
    this.#failures = 0;
    this.#rememberWay();
    if (frame.type === "welcome") {
      this.#heartbeat = Number(frame["heartbeat_s"]) * 1000 || HEARTBEAT_MS;
      this.#known ??= Number(frame["seq"]);
      this.#watch();
    }
    this.#become(this.#mayResume ? "catching_up" : "live");
    if (this.#mayResume) this.#later("quiet", CAUGHT_UP_MS, () => this.#caughtUp());
    this.#mayResume = true;
  }

  #hearEvent(event: EventFrame): void {
    const known = this.#known;
    if (known !== undefined && event.seq <= known) return;
    if (known !== undefined && event.prev > known) {
      if (this.#gapAt !== known) {
        this.#gapAt = known;
        return this.#retry();
      }
      this.#options.onResync?.();
    }
    this.#known = event.seq;
    if (this.#state === "catching_up") {
      this.#later("quiet", CAUGHT_UP_MS, () => this.#caughtUp());
    }
    this.#options.onEvent(event);
  }

  #caughtUp(): void {
    if (this.#link && this.#state === "catching_up") this.#become("live");
  }

  #ended(end: End): void {
    const wasWelcomed = this.#welcomedAt !== undefined;
    if (wasWelcomed && this.#env.now() - (this.#welcomedAt ?? 0) >= STABLE_MS) this.#attempt = 0;
    this.#drop();
    if (end === "refused") {
      this.close();
      return this.#become("refused");
    }
    if (!this.#env.isOnline()) return this.#become("offline");
    if (!wasWelcomed) this.#failed();
    this.#retry();
  }

  /** A way that never got its welcome gives the turn to the next; after the last comes the first. */
  #failed(): void {
    this.#failures += 1;
    if (this.#failures < (WAYS[this.#way]?.triesMax ?? 1)) return;
    this.#failures = 0;
    this.#way = (this.#way + 1) % WAYS.length;
  }

  #retry(): void {
    this.#drop();
    this.#become("connecting");
    const wait = backoff(this.#attempt, this.#env.random);
    this.#attempt += 1;
    this.#later("retry", wait, () => this.#connect());
  }

  #networkChanged(): void {
    if (this.#state === "refused") return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Silence ends the connection: a dead peer says nothing. */
  #watch(): void {
    this.#later("watch", this.#heartbeat * SILENCE_FACTOR, () => this.#ended("lost"));
  }

  #pass(signal: Signal): void {
    if (this.#link?.send && this.#welcomedAt !== undefined) return this.#link.send(signal);
    const { signalUrl, token } = this.#options;
    this.#env
      .fetch(signalUrl, {
        method: "POST",
        ...credential(token, { "Content-Type": "application/json" }),
        body: JSON.stringify(signal),
      })
      .catch(() => undefined);
  }

  #rememberWay(): void {
    if (this.#way === 0) return;
    const until = this.#env.now() + FALLBACK_KEPT_MS;
    this.#env.memory.set(`${String(this.#way)}:${String(until)}`);
    this.#later("way", FALLBACK_KEPT_MS, () => {
      this.#way = 0;
      this.#retry();
    });
  }

  #recallWay(): void {
    const [way = 0, until = 0] = (this.#env.memory.get() ?? "").split(":").map(Number);
    if (way < WAYS.length && until > this.#env.now()) this.#way = way;
  }

  #later(name: string, milliseconds: number, task: () => void): void {
    this.#stops[name]?.();
    this.#stops[name] = this.#env.after(milliseconds, task);
  }

  #drop(): void {
    for (const name of ["watch", "retry", "quiet", "way"]) this.#stops[name]?.();
    this.#link?.close();
    this.#link = undefined;
  }

  #become(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}
