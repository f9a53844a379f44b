import { beforeEach, describe, expect, it } from "vitest";
import { Realtime, type Options, type State } from "./client.ts";
import type { Environment, Socket } from "./environment.ts";
import type { EventFrame } from "./frames.ts";

/** A clock, a network and a server that do what the test says. */
class World {
  now = 0;
  sockets: FakeSocket[] = [];
  requests: { url: string; init: RequestInit | undefined }[] = [];
  online = true;
  remembered: string | null = null;
  canOpenSockets = true;
  answer: (url: string) => Promise<Response> = () => Promise.reject(new Error("no server"));
  #tasks: { at: number; run: () => void }[] = [];
  #onNetwork: () => void = () => undefined;

  readonly env: Environment = {
    now: () => this.now,
    random: () => 0.5,
    after: (milliseconds, run) => {
      const task = { at: this.now + milliseconds, run };
      this.#tasks.push(task);
      return () => {
        this.#tasks = this.#tasks.filter((one) => one !== task);
      };
    },
    openSocket: (url) => {
      const socket = new FakeSocket(url);
      this.sockets.push(socket);
      if (!this.canOpenSockets) this.env.after(1, () => socket.drop(1006));
      return socket;
    },
    fetch: (input, init) => {
      this.requests.push({ url: String(input), init });
      return this.answer(String(input));
    },
    isOnline: () => this.online,
    onNetwork: (changed) => {
      this.#onNetwork = changed;
      return () => undefined;
    },
    memory: {
      get: () => this.remembered,
      set: (value) => (this.remembered = value),
    },
  };

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  pass(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      const next = this.#tasks.filter((task) => task.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.now = next.at;
      next.run();
    }
    this.now = until;
  }

  turnNetwork(online: boolean): void {
    this.online = online;
    this.#onNetwork();
  }
}

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  isClosed = false;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.isClosed = true;
  }
  open(): void {
    this.onopen?.();
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  welcome(seq = 41): void {
    this.open();
    this.say({ type: "welcome", seq, heartbeat_s: 25, version: 1 });
  }
  drop(code: number): void {
    this.onclose?.({ code });
  }
}

let world: World;
let events: number[];
let states: State[];
let resyncs: number;

function connect(more: Partial<Options> = {}): Realtime {
  return new Realtime({
    url: "https://chat.example.com/widget/v1/realtime?site=pk_1",
    signalUrl: "https://chat.example.com/widget/v1/signal?site=pk_1",
    token: "vt_1",
    since: 41,
    onEvent: (event: EventFrame) => events.push(event.seq),
    onState: (state) => states.push(state),
    onResync: () => (resyncs += 1),
    env: world.env,
    ...more,
  });
}

const event = (seq: number, prev: number) => ({
  type: "message.created",
  seq,
  prev,
  id: `evt_${String(seq)}`,
  at: "2026-02-11T10:35:22Z",
  data: {},
});

beforeEach(() => {
  world = new World();
  events = [];
  states = [];
  resyncs = 0;
});

describe("the beginning", () => {
  it("says hello with its token and where it stopped, and is live after the welcome", () => {
    connect();
    world.socket.welcome();
    expect(world.socket.url).toBe("wss://chat.example.com/widget/v1/realtime?site=pk_1");
    expect(world.socket.sent).toEqual([{ type: "hello", token: "vt_1", since: 41 }]);
    expect(states).toEqual(["live"]);
  });

  it("takes the place of the welcome where it knew none", () => {
    const client = connect({ since: undefined });
    world.socket.welcome(7);
    expect(client.known).toBe(7);
  });

  it("answers a ping", () => {
    connect();
    world.socket.welcome();
    world.socket.say({ type: "ping" });
    expect(world.socket.sent.at(-1)).toEqual({ type: "pong" });
  });
});

describe("events", () => {
  it("drops what was seen and keeps the rest in order", () => {
    connect();
    world.socket.welcome();
    for (const one of [event(42, 41), event(42, 41), event(45, 42), event(40, 39)]) {
      world.socket.say(one);
    }
    expect(events).toEqual([42, 45]);
  });

  it("connects anew with what it knows when something is missing between", () => {
    connect();
    world.socket.welcome();
    world.socket.say(event(42, 41));
    world.socket.say(event(50, 47));
    expect(events).toEqual([42]);
    world.pass(2000);
    world.socket.welcome(42);
    expect(world.sockets).toHaveLength(2);
    expect(world.socket.sent[0]).toMatchObject({ since: 42 });
    world.socket.say(event(47, 42));
    world.socket.say(event(50, 47));
    expect(events).toEqual([42, 47, 50]);
  });

  it("asks for the lists rather than connecting in a circle over a gap that stays", () => {
    connect();
    world.socket.welcome();
    world.socket.say(event(50, 47));
    world.pass(2000);
    world.socket.welcome(41);
    world.socket.say(event(50, 47));
    expect(resyncs).toBe(1);
    expect(events).toEqual([50]);
  });

  it("goes on after the place a resync names", () => {
    const client = connect();
    world.socket.welcome();
    world.socket.say({ type: "resync", seq: 90 });
    world.socket.say(event(91, 90));
    expect([resyncs, client.known, events]).toEqual([1, 91, [91]]);
  });

  it("survives what is not a frame", () => {
    connect();
    world.socket.welcome();
    world.socket.onmessage?.({ data: "{" });
    world.socket.onmessage?.({ data: "null" });
    world.socket.say({ type: "something.new", seq: 42 });
    expect(states).toEqual(["live"]);
  });
});

describe("losing the line", () => {
  it("comes back by full jitter, and catches up before it is live", () => {
    connect();
    world.socket.welcome();
    world.pass(10_000);
    world.socket.drop(1012);
    expect(states.at(-1)).toBe("connecting");
    world.pass(749);
    expect(world.sockets).toHaveLength(1);
    world.pass(1); // 500 + 0.5 × (1000 − 500)
    expect(world.sockets).toHaveLength(2);
    world.socket.welcome(41);
    expect(states.at(-1)).toBe("catching_up");
    world.socket.say(event(42, 41));
    world.pass(299);
    expect(states.at(-1)).toBe("catching_up");
    world.pass(1);
    expect(states.at(-1)).toBe("live");
  });

  it("waits longer each time, and never more than half a minute", () => {
    connect();
    world.socket.welcome();
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      world.socket.drop(1006);
      const at = world.now;
      const count = world.sockets.length;
      while (world.sockets.length === count) world.pass(10);
      waits.push(world.now - at);
      world.socket.welcome();
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[0]).toBe(750);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
  });

  it("takes two heartbeats that did not come for a dead line", () => {
    connect();
    world.socket.welcome();
    world.pass(50_000);
    expect(states.at(-1)).toBe("live");
    world.pass(6000);
    expect(world.socket.isClosed || world.sockets.length > 1).toBe(true);
  });

  it("stops for good when it is refused", () => {
    connect();
    world.socket.open();
    world.socket.drop(1008);
    world.pass(120_000);
    expect(states).toEqual(["refused"]);
    expect(world.sockets).toHaveLength(1);
  });

  it.each([
    [true, "connecting"],
    [false, "refused"],
  ])("believes a bye that says resume: %s", (resume, state) => {
    connect();
    world.socket.welcome();
    world.socket.say({ type: "bye", reason: "stopping", resume });
    expect(states.at(-1)).toBe(state);
  });

  it("rests while the machine is offline and comes back at once", () => {
    connect();
    world.socket.welcome();
    world.turnNetwork(false);
    world.pass(60_000);
    expect([states.at(-1), world.sockets.length]).toEqual(["offline", 1]);
    world.turnNetwork(true);
    expect(world.sockets).toHaveLength(2);
  });

  it("is silent after it was closed", () => {
    const client = connect();
    client.close();
    world.pass(120_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.isClosed).toBe(true);
  });
});

describe("where sockets do not open", () => {
  const stream = (...frames: object[]) =>
    Promise.resolve(
      new Response(frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join("")),
    );
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };

  it("listens to events after the second failure, and remembers it", async () => {
    world.canOpenSockets = false;
    world.answer = () => stream({ type: "welcome", seq: 41, heartbeat_s: 25 }, event(42, 41));
    connect();
    world.pass(10_000);
    await settle();
    await new Promise((done) => setTimeout(done, 5));
    expect(world.sockets).toHaveLength(2);
    expect(world.requests[0]?.url).toBe(
      "https://chat.example.com/widget/v1/realtime/events?site=pk_1&since=41",
    );
    expect(world.requests[0]?.init?.headers).toMatchObject({ Authorization: "Bearer vt_1" });
    expect(events).toEqual([42]);
    expect(world.remembered).toMatch(/^1:/);
  });

  it("asks and waits when events fail as well, then tries the socket again", async () => {
    world.canOpenSockets = false;
    connect();
    for (let round = 0; round < 12; round += 1) {
      world.pass(30_000);
      await settle();
    }
    const paths = world.requests.map(({ url }) => new URL(url).pathname.split("/").at(-1));
    expect(paths.slice(0, 2)).toEqual(["events", "poll"]);
    expect(world.sockets.length).toBeGreaterThan(2);
  });

  it("goes on from what a poll brought", async () => {
    world.remembered = `2:${String(world.now + 60_000)}`;
    const answers = [
      { data: [{ type: "welcome", seq: 60, heartbeat_s: 25 }, event(42, 41)] },
      { data: [{ type: "welcome", seq: 60, heartbeat_s: 25 }] },
    ];
    world.answer = () => {
      const next = answers.shift();
      return next ? Promise.resolve(Response.json(next)) : new Promise(() => undefined);
    };
    connect();
    await new Promise((done) => setTimeout(done, 10));
    const since = world.requests.map(({ url }) => new URL(url).searchParams.get("since"));
    expect(since).toEqual(["41", "42", "42"]);
    expect(events).toEqual([42]);
  });
});

describe("signals", () => {
  it("drops typing that follows within two seconds", () => {
    const client = connect();
    world.socket.welcome();
    const typing = { type: "typing", conversation_id: "conv_1" } as const;
    client.signal(typing);
    world.pass(1999);
    client.signal(typing);
    world.pass(1);
    client.signal(typing);
    expect(world.socket.sent.filter((frame) => frame["type"] === "typing")).toHaveLength(2);
  });

  it("tells the newest page once its turn has come", () => {
    const client = connect();
    world.socket.welcome();
    for (const url of ["/a", "/b", "/c"]) client.signal({ type: "page", url, title: "" });
    world.pass(2000);
    const pages = world.socket.sent.filter((frame) => frame["type"] === "page");
    expect(pages.map((frame) => frame["url"])).toEqual(["/a", "/c"]);
  });

  it("goes by request where there is no socket", () => {
    const client = connect();
    client.signal({ type: "typing", conversation_id: "conv_1" });
    expect(world.requests[0]).toMatchObject({
      url: "https://chat.example.com/widget/v1/signal?site=pk_1",
      init: { method: "POST", body: '{"type":"typing","conversation_id":"conv_1"}' },
    });
  });
});
