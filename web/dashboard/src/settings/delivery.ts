// What a delivery looks like: its tries, its schedule, and how to send it by hand.
import type { Attempt, Delivery } from "./hooks.ts";
import { bytesOf, type Sent } from "./signature.ts";
import { t, tag } from "../locale/say.ts";

const SECOND_MS = 1000;
const MINUTE_S = 60;
/** From the end of one try to the next, as the documents say. */
const STEPS = ["0 s", "10 s", "30 s", t("2 min"), t("10 min"), t("30 min")];
const LONG_STEPS = [...STEPS, "1 h", "3 h", "6 h", "12 h", "24 h", "24 h"];

export interface Step {
  text: string;
  state: "good" | "bad" | "now" | "ahead";
}

export function steps({ attempts, status }: Delivery, isLong: boolean): Step[] {
  const isWaiting = status === "retrying" || status === "pending";
  return (isLong ? LONG_STEPS : STEPS).map((text, place) => {
    const attempt = attempts[place];
    if (attempt) return { text, state: isGood(attempt) ? "good" : "bad" };
    return { text, state: isWaiting && place === attempts.length ? "now" : "ahead" };
  });
}

export function isGood({ response_status: status }: Attempt): boolean {
  return status !== null && status !== undefined && status >= 200 && status < 300;
}

/** What was answered, in a word. */
export function codeOf(attempt: Attempt | undefined): string {
  if (!attempt) return "–";
  return attempt.response_status ? String(attempt.response_status) : t("none");
}

export function faceOf(attempt: Attempt | undefined): string {
  if (!attempt || isGood(attempt)) return "";
  return attempt.response_status ? "c5" : "c0";
}

export function lasted({ duration_ms: ms }: Attempt): string {
  return ms < SECOND_MS
    ? t("{ms} ms", { ms })
    : t("{seconds} s", { seconds: (ms / SECOND_MS).toFixed(1) });
}

export function isSlow({ duration_ms: ms }: Attempt): boolean {
  return ms >= SECOND_MS;
}

/** How long until something, to the second. */
export function until(at: string, now: number): string {
  const seconds = Math.round((new Date(at).getTime() - now) / SECOND_MS);
  if (seconds <= 0) return t("now");
  if (seconds < MINUTE_S) return t("in {seconds} s", { seconds });
  const minutes = Math.floor(seconds / MINUTE_S);
  if (minutes < MINUTE_S)
    return t("in {minutes} min {seconds} s", { minutes, seconds: seconds % MINUTE_S });
  return t("in {hours} h {minutes} min", {
    hours: Math.floor(minutes / MINUTE_S),
    minutes: minutes % MINUTE_S,
  });
}

/** The body as it was sent: it is written as compactly as the server does. */
export function bodyOf({ payload }: Delivery): string {
  return payload ? JSON.stringify(payload) : "";
}

export function sizeOf(delivery: Delivery): string {
  return t("{bytes} bytes, same on every try", {
    bytes: bytesOf(bodyOf(delivery)).toLocaleString(tag),
  });
}

function secondsOf(at: string): number {
  return Math.floor(new Date(at).getTime() / SECOND_MS);
}

export function sentOf(delivery: Delivery): Sent {
  const times = delivery.attempts.map(({ at }) => secondsOf(at)).reverse();
  return { id: delivery.event_id, body: bodyOf(delivery), times };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The request, to be sent from a terminal: all but its signatures, which need the secret. */
export function curlOf(delivery: Delivery, url: string): string {
  const { id, event, seq, attempts } = delivery;
  const [at = 0] = sentOf(delivery).times;
  const headers = [
    "Content-Type: application/json",
    `X-Orbinto-Event: ${event}`,
    `X-Orbinto-Delivery: ${id}`,
    `X-Orbinto-Sequence: ${String(seq)}`,
    `X-Orbinto-Attempt: ${String(Math.max(1, attempts.length))}`,
    `webhook-id: ${delivery.event_id}`,
    `webhook-timestamp: ${String(at)}`,
  ];
  return [
    `curl ${quoted(url)}`,
    ...headers.map((header) => `  -H ${quoted(header)}`),
    `  --data-raw ${quoted(bodyOf(delivery))}`,
  ].join(" \\\n");
}

/** A text that may be JSON, spread out to be read. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export interface Figures {
  arrived: string;
  latency: string;
  retrying: number;
  failed: number;
}

const SLOWEST = 0.95;

/** How the newest deliveries went. */
export function figures(rows: readonly Delivery[]): Figures {
  const over = rows.filter(({ status }) => status === "delivered" || status === "failed");
  const arrived = over.filter(({ status }) => status === "delivered").length;
  const spans = rows
    .flatMap(({ attempts }) => attempts.map(({ duration_ms: ms }) => ms))
    .sort((a, b) => a - b);
  const slow = spans[Math.min(spans.length - 1, Math.floor(spans.length * SLOWEST))];
  return {
    arrived: over.length ? `${String(Math.round((1000 * arrived) / over.length) / 10)} %` : "–",
    latency: slow === undefined ? "–" : slow.toLocaleString(tag),
    retrying: rows.filter(({ status }) => status === "retrying").length,
    failed: rows.filter(({ status }) => status === "failed").length,
  };
}
