// Fetches the document, or says in a sentence what happened and what to do.
import { isRecord } from "./model/example.ts";
import type { Document } from "./model/openapi.ts";

export const DOCUMENT_URL = "/openapi.json";
const LOAD_WAIT_MS = 20_000;

/** A failure with a sentence for the reader. */
export class LoadError extends Error {}

export async function loadDocument(): Promise<Document> {
  const response = await request();
  if (!response.ok) {
    throw new LoadError(
      `The server answered ${String(response.status)} for ${DOCUMENT_URL}. If it was just started or updated, wait a moment and try again.`,
    );
  }
  const value = await json(response);
  if (!isRecord(value) || !isRecord(value.paths)) {
    throw new LoadError(
      `${DOCUMENT_URL} is not an OpenAPI document: it has no paths. Something between you and the server may have answered in its place.`,
    );
  }
  return value as Document;
}

async function request(): Promise<Response> {
  try {
    return await fetch(DOCUMENT_URL, {
      headers: { Accept: "application/json" },
      credentials: "omit",
      signal: AbortSignal.timeout(LOAD_WAIT_MS),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw new LoadError(
        `No answer within ${String(LOAD_WAIT_MS / 1000)} seconds. Try again, or ask whoever runs this server.`,
      );
    }
    throw new LoadError(
      "The server could not be reached. Check your connection and that it is running, then try again.",
    );
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new LoadError(
      `${DOCUMENT_URL} is not complete JSON. The download may have been cut off: try again.`,
    );
  }
}
