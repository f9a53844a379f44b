import { describe, expect, it } from "vitest";
import { isDue, type Facts } from "../loader/triggers.ts";
import type { Stored } from "../shared/protocol.ts";
import type { Trigger } from "../shared/site.ts";
import { afterShown, quietAfter, quietWhile } from "./proactive.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOON = 20_000 * DAY_MS + DAY_MS / 2;

function trigger(when: Partial<Trigger["when"]>, caps = { per_day: 2, quiet_hours: 24 }): Trigger {
  const nothing = {
    url_contains: null,
    seconds: null,
    scroll_percent: null,
    is_exit: false,
    event: null,
  };
  return {
    id: "t1",
    message: "Hello",
    author: null,
    choices: [],
    when: { ...nothing, ...when },
    caps,
  };
}

const facts = (more: Partial<Facts> = {}): Facts => ({
  now: NOON,
  url: "https://shop.example/carafes/4",
  seconds: 30,
  scroll: 60,
  isExit: false,
  events: [],
  ...more,
});

describe("when a proactive message is due", () => {
  it.each([
    [{ seconds: 30 }, {}, true],
    [{ seconds: 31 }, {}, false],
    [{ scroll_percent: 50 }, {}, true],
    [{ scroll_percent: 50 }, { scroll: NaN }, true],
    [{ scroll_percent: 61 }, {}, false],
    [{ url_contains: "/carafes" }, {}, true],
    [{ url_contains: "/cups" }, {}, false],
    [{ is_exit: true }, {}, false],
    [{ is_exit: true }, { isExit: true }, true],
    [{ event: "cart" }, {}, false],
    [{ event: "cart" }, { events: ["cart"] }, true],
    [{ seconds: 10, url_contains: "/cups" }, {}, false],
    [{ seconds: 10, scroll_percent: 10, url_contains: "/carafes" }, {}, true],
  ])("%j on %j: %s", (when, more, expected) => {
    expect(isDue(trigger(when), facts(more), {})).toBe(expected);
  });
});

describe("how often it may ask", () => {
  const one = trigger({ seconds: 1 });
  const dueAt = (now: number, stored: Stored) => isDue(one, facts({ now }), stored);

  it("asks as often as a day allows, and again the next day", () => {
    let stored: Stored = {};
    stored = { ...stored, ...afterShown(one, stored, NOON) };
    expect(dueAt(NOON + 1, stored)).toBe(true);
    stored = { ...stored, ...afterShown(one, stored, NOON + 1) };
    expect(dueAt(NOON + 2, stored)).toBe(false);
    expect(dueAt(NOON + DAY_MS, stored)).toBe(true);
    expect(afterShown(one, stored, NOON + DAY_MS).shown?.["t1"]).toBe(1);
  });

  it("leaves all quiet after a dismissal", () => {
    const stored = quietAfter(one, {}, NOON);
    expect(dueAt(NOON + 23 * HOUR_MS, stored)).toBe(false);
    expect(dueAt(NOON + 25 * HOUR_MS, stored)).toBe(true);
    expect(isDue({ ...one, id: "t2" }, facts({ now: NOON + HOUR_MS }), stored)).toBe(false);
  });

  it("is quiet while people talk", () => {
    const stored = quietWhile(true, {}) as Stored;
    expect(dueAt(NOON + 365 * DAY_MS, stored)).toBe(false);
    expect(quietWhile(true, stored)).toBeUndefined();
    expect(dueAt(NOON, quietWhile(false, stored) as Stored)).toBe(true);
  });
});
