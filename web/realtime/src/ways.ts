// The three ways to listen. Each tells its frames and, once, how it ended.
import type { Environment } from "./environment.ts";
import { asFrame, isEvent, parseFrame, type Frame } from "./frames.ts";

/** How a connection ended: the server will not have us, or it may be tried again. */
export type End = "refused" | "lost";

export interface Listener {
  onFrame(frame: Frame): void;
  onEnd(end: End): void;
}

export interface Link {
  close(): void;
  /** Only a socket takes frames. */
  send?(frame: object): void;
}

export interface Target {
  /** The address of the WebSocket, over http(s); `/events` and `/poll` hang below it. */
  url: string;
  token?: string;
  since: number | undefined;
}

export type Way = (target: Target, listener: Listener, env: Environment) => Link;

export const POLL_WAIT_S = 25;

const CLOSE_REFUSED = 1008;
const REFUSING_STATUS = [401, 403];

export const socketWay: Way = (target, listener, env) => {
  if (!env.openSocket) {
    const stop = env.after(0, () => listener.onEnd("lost"));
    return { close: stop };
  }
  const socket = env.openSocket(target.url.replace(/^http/, "ws"));
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  socket.onopen = () => send({ type: "hello", token: target.token, since: target.since });
  socket.onmessage = ({ data }) => {
    const frame = parseFrame(data);
    if (frame) listener.onFrame(frame);
  };
  socket.onclose = ({ code }) => listener.onEnd(code === CLOSE_REFUSED ? "refused" : "lost");
  return {
    send,
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
};

export const streamWay: Way = (target, listener, env) =>
  fetching(listener, async (stop, isClosed) => {
    const response = await ask(target, "/events", {}, stop, env);
    if (!response.ok || !response.body) return endOf(response);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "lost";
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const frame = line.startsWith("data:") ? parseFrame(line.slice(5)) : undefined;
        if (frame && !isClosed()) listener.onFrame(frame);
      }
    }
  });

export const pollWay: Way = (target, listener, env) =>
  fetching(listener, async (stop, isClosed) => {
    let { since } = target;
    for (;;) {
      const wait = { wait_s: String(POLL_WAIT_S) };
      const response = await ask({ ...target, since }, "/poll", wait, stop, env);
      if (!response.ok) return endOf(response);
      const frames = framesOf(await response.json());
      for (const frame of frames) {
        if (isClosed()) return "lost";
        const isPlace = isEvent(frame) || frame.type === "resync" || since === undefined;
        if (isPlace && frame["seq"] !== undefined) since = Number(frame["seq"]);
        listener.onFrame(frame);
      }
      // An answer without news is still a sign of life.
      listener.onFrame({ type: "ping" });
    }
  });

/** Runs `listen` until it ends, and tells the end unless the caller closed first. */
function fetching(
  listener: Listener,
  listen: (stop: AbortSignal, isClosed: () => boolean) => Promise<End>,
): Link {
  const abort = new AbortController();
  const isClosed = () => abort.signal.aborted;
  listen(abort.signal, isClosed)
    .catch((): End => "lost")
    .then((end) => {
      if (!isClosed()) listener.onEnd(end);
    })
    .catch(() => undefined);
  return { close: () => abort.abort() };
}

function ask(
  { url, token, since }: Target,
  path: string,
  more: Record<string, string>,
  signal: AbortSignal,
  env: Environment,
): Promise<Response> {
  const [base = "", query = ""] = url.split("?");
  const params = new URLSearchParams(query);
  if (since !== undefined) params.set("since", String(since));
  for (const [name, value] of Object.entries(more)) params.set(name, value);
  return env.fetch(`${base}${path}?${params.toString()}`, {
    ...credential(token),
    cache: "no-store",
    signal,
  });
}

/** A token goes in a header, and then no cookie goes with it. */
export function credential(token?: string, headers: Record<string, string> = {}): RequestInit {
  if (!token) return { headers, credentials: "same-origin" };
  return { headers: { ...headers, Authorization: `Bearer ${token}` }, credentials: "omit" };
}

function endOf({ status }: Response): End {
  return REFUSING_STATUS.includes(status) ? "refused" : "lost";
}

/** `{"data": [frame]}`, or the frames alone. */
function framesOf(body: unknown): Frame[] {
  const list = Array.isArray(body) ? body : (body as { data?: unknown }).data;
  return Array.isArray(list) ? list.map(asFrame).filter((frame) => frame !== undefined) : [];
}
