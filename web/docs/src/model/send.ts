// Sends a built request to the server this page came from, and says in words what went wrong.
import { formatJson } from "./json.ts";
import type { Request } from "./request.ts";

const ANSWER_WAIT_MS = 30_000;
/** More than anyone reads on a page, and little enough to stay quick. */
export const ANSWER_CHARS_MAX = 200_000;
const KIB = 1024;

export interface Answer {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: string;
  isCut: boolean;
  isJson: boolean;
  milliseconds: number;
  size: string;
}

/** A failure with a sentence for the reader. */
export class SendError extends Error {}

export async function send(request: Request, stop: AbortSignal): Promise<Answer> {
  const began = performance.now();
  const tooLong = AbortSignal.timeout(ANSWER_WAIT_MS);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: headersOf(request),
      body: bodyOf(request),
      // The key alone decides: whoever is signed in to the dashboard must not be borrowed.
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.any([stop, tooLong]),
    });
    return await read(response, began);
  } catch (error) {
    throw new SendError(sentence(error, stop, tooLong));
  }
}

function headersOf(request: Request): Headers {
  const headers = new Headers();
  for (const [name, value] of request.headers) {
    try {
      headers.append(name, value);
    } catch {
      throw new SendError(`A browser cannot send this value in ${name}: plain characters only.`);
    }
  }
  return headers;
}

function bodyOf(request: Request): BodyInit | null {
  const { payload } = request;
  switch (payload.kind) {
    case "none":
      return null;
    case "json":
    case "text":
      return payload.text;
    case "form":
      return new URLSearchParams(payload.fields);
    case "multipart":
      throw new SendError("This operation takes a file: run the sample instead.");
  }
}

async function read(response: globalThis.Response, began: number): Promise<Answer> {
  const text = await response.text();
  const milliseconds = Math.round(performance.now() - began);
  const isJson = /json/i.test(response.headers.get("content-type") ?? "");
  const body = isJson ? pretty(text) : text;
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b)),
    body: body.slice(0, ANSWER_CHARS_MAX),
    isCut: body.length > ANSWER_CHARS_MAX,
    isJson,
    milliseconds,
    size: sizeOf(new TextEncoder().encode(text).length),
  };
}

/** What a reader asks for first, under the names the API documents. */
const HEADERS_FIRST: Record<string, string> = {
  "x-request-id": "X-Request-Id",
  "x-ratelimit-limit": "X-RateLimit-Limit",
  "x-ratelimit-remaining": "X-RateLimit-Remaining",
  "x-ratelimit-reset": "X-RateLimit-Reset",
  "retry-after": "Retry-After",
  "x-ignored-fields": "X-Ignored-Fields",
};

export function isKnownHeader(name: string): boolean {
  return Object.hasOwn(HEADERS_FIRST, name);
}

export function headerLabel(name: string): string {
  return HEADERS_FIRST[name] ?? name;
}

function rank(name: string): number {
  const at = Object.keys(HEADERS_FIRST).indexOf(name);
  return at === -1 ? Object.keys(HEADERS_FIRST).length : at;
}

function pretty(text: string): string {
  try {
    return formatJson(JSON.parse(text));
  } catch {
    return text; // not what its type says: show what came
  }
}

function sizeOf(bytes: number): string {
  return bytes < KIB ? `${String(bytes)} B` : `${(bytes / KIB).toFixed(1)} KiB`;
}

function sentence(error: unknown, stop: AbortSignal, tooLong: AbortSignal): string {
  if (error instanceof SendError) return error.message;
  if (stop.aborted) return "Stopped. The server may have done it all the same.";
  if (tooLong.aborted) {
    return `No answer within ${String(ANSWER_WAIT_MS / 1000)} seconds. The server may still have done it: look before you send again.`;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `The request did not reach the server (${reason}). Check that it runs and that you are online, then send again.`;
}
