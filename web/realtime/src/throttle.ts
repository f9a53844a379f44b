import type { Environment } from "./environment.ts";
import type { Signal } from "./frames.ts";

export const SIGNAL_EVERY_MS = 2000;

/**
 * At most one signal of a kind in two seconds. Of `typing` the surplus is dropped, since it only says
 * "still"; of the others the newest waits its turn, since it says "now here".
 */
export function throttleSignals(env: Environment, pass: (signal: Signal) => void) {
  const last = new Map<string, number>();
  const waiting = new Map<string, Signal>();
  return (signal: Signal): void => {
    const kind = signal.type === "typing" ? signal.type + signal.conversation_id : signal.type;
    const wait = (last.get(kind) ?? -SIGNAL_EVERY_MS) + SIGNAL_EVERY_MS - env.now();
    if (wait <= 0) {
      last.set(kind, env.now());
      pass(signal);
    } else if (signal.type !== "typing") {
      const isPlanned = waiting.has(kind);
      waiting.set(kind, signal);
      if (isPlanned) return;
      env.after(wait, () => {
        const newest = waiting.get(kind);
        waiting.delete(kind);
        last.set(kind, env.now());
        if (newest) pass(newest);
      });
    }
  };
}
