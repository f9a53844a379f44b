// The only place that knows fetch, status codes and the error object.

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
  }

  /** A refusal stays one: trying again changes nothing. */
  get isFinal(): boolean {
    const { status } = this;
    return status >= 400 && status < 500 && status !== 429 && status !== 408 && status !== 401;
  }
}

export interface Answered<T> {
  status: number;
  body: T;
}

const WAIT_MS = 20_000;

export class Api {
  token: string | null = null;

  constructor(
    readonly base: string,
    readonly siteKey: string,
  ) {}

  url(path: string, query: Record<string, string | number> = {}): string {
    const url = new URL(path, this.base);
    url.searchParams.set("site", this.siteKey);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url.href;
  }

  headers(): Record<string, string> {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  async get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
    return (await this.#ask<T>(this.url(path, query), { method: "GET" })).body;
  }

  async post<T>(path: string, body: unknown): Promise<Answered<T>> {
    return this.#ask<T>(this.url(path), {
      method: "POST",
      body: JSON.stringify(body),
      keepalive: path === "messages" && JSON.stringify(body).length < KEEPALIVE_BYTES_MAX,
    });
  }

  async #ask<T>(url: string, init: RequestInit): Promise<Answered<T>> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), WAIT_MS);
    try {
      const response = await fetch(url, {
        ...init,
        headers: { ...this.headers(), "Content-Type": "application/json" },
        credentials: "omit",
        cache: "no-store",
        signal: abort.signal,
      });
      const text = await response.text();
      const body: unknown = text ? JSON.parse(text) : {};
      if (!response.ok) throw asError(response, body);
      return { status: response.status, body: body as T };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Browsers refuse more than 64 KiB of requests that outlive their page. */
const KEEPALIVE_BYTES_MAX = 30_000;

function asError(response: Response, body: unknown): ApiError {
  const error = (body as { error?: { message?: unknown } | null }).error;
  const message = typeof error?.message === "string" ? error.message : "";
  const seconds = Number(response.headers.get("Retry-After"));
  return new ApiError(response.status, message, seconds > 0 ? seconds * 1000 : 0);
}
