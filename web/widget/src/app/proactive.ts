// From a trigger that came due on the page to a conversation, or to quiet. The page only compares
// clocks; how long to be quiet is worked out here.
import type { Stored } from "../shared/protocol.ts";
import type { Trigger } from "../shared/site.ts";

const HOUR_MS = 36e5;
const DAY_MS = 864e5;
/** Stands for all triggers, and among the counts for the day they belong to. */
const ALL = "";
/** While a conversation is under way nothing proactive comes between: later than any clock. */
const ALWAYS = Number.MAX_SAFE_INTEGER;

/** What to remember once a trigger was shown: when its day is used up, it waits for the next. */
export function afterShown({ id, caps }: Trigger, stored: Stored, now: number): Stored {
  const day = Math.floor(now / DAY_MS);
  const today = stored.shown?.[ALL] === day ? stored.shown : { [ALL]: day };
  const count = (today[id] ?? 0) + 1;
  const shown = { ...today, [id]: count };
  if (count < caps.per_day) return { shown };
  return { shown, quiet: { ...stored.quiet, [id]: (day + 1) * DAY_MS } };
}

/** After an answer or a dismissal, no trigger may ask for a while. */
export function quietAfter({ caps }: Trigger, stored: Stored, now: number): Stored {
  return { quiet: { ...stored.quiet, [ALL]: now + caps.quiet_hours * HOUR_MS } };
}

/** While people talk, and not before they are done. */
export function quietWhile(isTalking: boolean, stored: Stored): Stored | undefined {
  const isQuiet = stored.quiet?.[ALL] === ALWAYS;
  if (isTalking === isQuiet) return undefined;
  return { quiet: { ...stored.quiet, [ALL]: isTalking ? ALWAYS : 0 } };
}
