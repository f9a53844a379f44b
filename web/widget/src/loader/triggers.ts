// When a proactive message may show. Decided here, with nothing sent to anyone.
import type { Stored } from "../shared/protocol.ts";
import type { Trigger } from "../shared/site.ts";

/** What has happened on this page so far. */
export interface Facts {
  now: number;
  url: string;
  seconds: number;
  scroll: number;
  isExit: boolean;
  events: readonly string[];
}

/**
 * Everything a trigger names must hold, and neither it nor all of them may be quiet. What is not
 * named is null or missing, and no number is smaller than that.
 */
export function isDue({ id, when }: Trigger, facts: Facts, { quiet = {} }: Stored): boolean {
  return (
    !(
      facts.now < quiet[""]! ||
      facts.now < quiet[id]! ||
      facts.seconds < when.seconds! ||
      (when.scroll_percent && facts.scroll < when.scroll_percent) ||
      facts.isExit < when.is_exit
    ) &&
    facts.url.includes(when.url_contains || "") &&
    (!when.event || facts.events.includes(when.event))
  );
}
