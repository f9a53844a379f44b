export const BACKOFF_MIN_MS = 500;
export const BACKOFF_MAX_MS = 30_000;

/** A wait before try number `attempt` (from 0), by full jitter: a crowd that lost one server comes back spread out. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (attempt + 1));
  return BACKOFF_MIN_MS + random() * (ceiling - BACKOFF_MIN_MS);
}
