// All that is outside: clock, chance, timers and network come in from here, so that tests own them.

export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Environment {
  now(): number;
  random(): number;
  after(milliseconds: number, task: () => void): () => void;
  /** `undefined` where the engine has no sockets. */
  openSocket: ((url: string) => Socket) | undefined;
  fetch: typeof fetch;
  isOnline(): boolean;
  /** Calls back when the network comes or goes; returns the way to stop. */
  onNetwork(changed: () => void): () => void;
  /** Keeps which way worked for the next page; may forget. */
  memory: { get(): string | null; set(value: string): void };
}

const MEMORY_KEY = "switchboard:way";

export function browserEnvironment(): Environment {
  return {
    now: Date.now,
    random: Math.random,
    after(milliseconds, task) {
      const timer = setTimeout(task, milliseconds);
      return () => clearTimeout(timer);
    },
    openSocket:
      typeof WebSocket === "function"
        ? (url) => new WebSocket(url) as unknown as Socket
        : undefined,
    fetch: (input, init) => fetch(input, init),
    isOnline: () => navigator.onLine !== false,
    onNetwork(changed) {
      addEventListener("online", changed);
      addEventListener("offline", changed);
      return () => {
        removeEventListener("online", changed);
        removeEventListener("offline", changed);
      };
    },
    memory: {
      get: () => quietly(() => sessionStorage.getItem(MEMORY_KEY)),
      set: (value) => void quietly(() => sessionStorage.setItem(MEMORY_KEY, value)),
    },
  };
}

/** Storage throws where the visitor blocks it. */
function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
