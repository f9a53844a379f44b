// A long answer, read as it comes: the calls of `api` are cut off after a while, and a file may take
// minutes. It ends when the reader ends it, or when nothing comes any more.
import { t } from "../locale/say.ts";
import { heed, Problem } from "./client.ts";
import type { paths } from "./schema.d.ts";

/** Paths that answer with a table. */
type Table = {
  [P in keyof paths]: paths[P] extends {
    post: { responses: { 200: { content: { "text/csv": string } } } };
  }
    ? P
    : never;
}[keyof paths];

type Asked<P extends Table> = paths[P] extends {
  post: { requestBody: { content: { "application/json": infer B } } };
}
  ? Partial<B>
  : never;

/** How long nothing may come. */
const SILENCE_MS = 30_000;
/** More than this a page should not hold; the API gives all. */
const BYTES_MAX = 512 * 1024 * 1024;

/** Counts lines that have ended, and none that is within a cell. */
export class Lines {
  count = 0;
  #isQuoted = false;

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0x22) this.#isQuoted = !this.#isQuoted;
      else if (byte === 0x0a && !this.#isQuoted) this.count += 1;
    }
  }
}

/** Asks for a table; `told` hears of the rows that are there. Throws what `api` does. */
export async function download<P extends Table>(
  path: P,
  body: Asked<P>,
  stop: AbortSignal,
  told: (rows: number) => void,
): Promise<Blob> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  listen();
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { Accept: "text/csv, application/json", "Content-Type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(body),
      signal: AbortSignal.any([stop, silence.signal]),
    });
    if (!response.ok || !response.body) throw await refusal(response);
    return await read(response.body, listen, told);
  } catch (error) {
    heed(error);
    if (error instanceof Problem || stop.aborted) throw error;
    throw new Problem(
      t("The file was broken off on its way, and none was written. Try again."),
      "broken_off",
    );
  } finally {
    clearTimeout(timer);
  }
}

async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  heard: () => void,
  told: (rows: number) => void,
): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const lines = new Lines();
  const reader = stream.getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type: "text/csv;charset=utf-8" });
    heard();
    size += value.length;
    if (size > BYTES_MAX) {
      await reader.cancel();
      throw new Problem(
        t("The file is too large for a browser. Filter first, or ask the API for it."),
        "too_large",
      );
    }
    parts.push(value);
    lines.add(value);
    // The head is none.
    told(Math.max(0, lines.count - 1));
  }
}

async function refusal(response: Response): Promise<Problem> {
  const { status } = response;
  const answer = (await response.json().catch(() => ({}))) as {
    error?: { message?: string; code?: string; param?: string };
  };
  const message =
    answer.error?.message ??
    t("The server answered {status} and said no more. Try again in a moment.", { status });
  return new Problem(message, answer.error?.code ?? "unknown", status, answer.error?.param);
}
