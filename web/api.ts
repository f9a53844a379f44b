// The only place that knows fetch, status codes and the error envelope: a call gives what was asked
// for, or throws a Problem whose message is for the reader.

const WAIT_MS = 20_000;
/** Files are large, and lines slow. */
const FILE_WAIT_MS = 300_000;
const MINUTE_S = 60;
export const MINUTE_MS = 60_000;

/** Why something was not done, in a sentence for the reader. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly status = 0,
    /** The field it is about, as the request spells it. */
    readonly param?: string,
  ) {
    super(message);
  }

  /** Whether asking for the same again may help. */
  get isPassing(): boolean {
    return this.code === UNREACHABLE || this.status >= 500;
  }
}

export const UNREACHABLE = "unreachable";

/** A clock that differs by less is right: answers take a while, and tell whole seconds. */
const CLOCK_TOLERANCE_MS = 60_000;
/** What is to be added to this browser's clock to have the server's. */
let clockOffMs = 0;
let onClock: ((offMs: number) => void) | undefined;

/** The time by the server's clock, as `Date.now` gives it: that of the browser may be wrong. */
export function now(): number {
  return Date.now() + clockOffMs;
}

/** Calls back when this browser's clock turns out to be wrong, with what is to be added to it. */
export function whenClockIsWrong(told: (offMs: number) => void): void {
  onClock = told;
  if (clockOffMs) told(clockOffMs);
}

function compareClocks(response: Response): void {
  const at = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(at)) return;
  const off = at - Date.now();
  const isWrong = CLOCK_TOLERANCE_MS < Math.abs(off);
  const wasWrong = clockOffMs !== 0;
  clockOffMs = isWrong ? off : 0;
  if (isWrong && !wasWrong) onClock?.(off);
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** What stands under `data` in the answer. */
export async function call<T = undefined>(method: Method, path: string, body?: object): Promise<T> {
  const answer = await ask(method, path, body);
  return (isRecord(answer) ? answer.data : undefined) as T;
}

/** The whole answer. */
export async function ask(method: Method, path: string, body?: object): Promise<unknown> {
  const response = await request(method, path, body);
  compareClocks(response);
  const text = await response.text().catch(() => {
    throw unreachable("The answer was cut off on its way.");
  });
  const answer = parse(text);
  if (!response.ok) throw problem(response, answer);
  return answer;
}

async function request(method: Method, path: string, body?: object): Promise<Response> {
  const isFile = body instanceof Blob;
  const type = isFile ? body.type || "application/octet-stream" : "application/json";
  try {
    return await fetch(path, {
      method,
      headers: { Accept: "application/json", "Content-Type": type },
      credentials: "same-origin",
      signal: AbortSignal.timeout(isFile ? FILE_WAIT_MS : WAIT_MS),
      ...((method === "POST" || method === "PATCH") && {
        body: isFile ? body : JSON.stringify(body ?? {}),
      }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw unreachable("The server took too long to answer.");
    }
    throw unreachable("The server could not be reached. Check your connection.");
  }
}

function unreachable(message: string): Problem {
  return new Problem(message, UNREACHABLE);
}

function problem(response: Response, answer: unknown): Problem {
  const { status } = response;
  const error = isRecord(answer) && isRecord(answer.error) ? answer.error : {};
  const said =
    typeof error.message === "string"
      ? error.message
      : `The server answered ${String(status)} and said no more. Try again in a moment.`;
  const code = typeof error.code === "string" ? error.code : "unknown";
  const param = typeof error.param === "string" ? error.param : undefined;
  const wait = Number(response.headers.get("Retry-After"));
  // A sentence that names the time already needs no second one.
  const more = status === 429 && wait > 0 && !/\d/.test(said) ? ` Try again in ${span(wait)}.` : "";
  return new Problem(said + more, code, status, param);
}

function span(seconds: number): string {
  if (seconds < 2 * MINUTE_S) return seconds === 1 ? "1 second" : `${String(seconds)} seconds`;
  return `${String(Math.ceil(seconds / MINUTE_S))} minutes`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
