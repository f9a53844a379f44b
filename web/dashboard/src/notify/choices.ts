// What somebody wants to be told of, and how. It is kept in this browser: a telephone and a desk
// are asked for different things.

/** Of what: a visitor in a conversation of mine, one that nobody has, one that was given to me, a note that names me. */
export const OCCASIONS = ["message", "unassigned", "assigned", "mention"] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** How: a line at the foot of the desk, a sound, a notification of the system. */
export const WAYS = ["line", "sound", "system"] as const;
export type Way = (typeof WAYS)[number];

export interface Choices {
  ways: Record<Occasion, Way[]>;
  /** From 0 to 1. */
  volume: number;
  /** Whether there is no sound and no notification while somebody looks at the desk. */
  isOnlyAway: boolean;
  /** Whether a notification says what was written, and not only by whom. */
  hasWords: boolean;
  /** No sound and no notification between these times of the day, as "22:00". */
  quiet: { from: string; to: string } | null;
  /** The same all Saturday and Sunday. */
  isQuietAtWeekends: boolean;
}

export const USUAL: Choices = {
  ways: {
    message: ["line", "sound", "system"],
    unassigned: ["line"],
    assigned: ["line", "sound", "system"],
    mention: ["line", "sound", "system"],
  },
  volume: 0.5,
  isOnlyAway: true,
  hasWords: true,
  quiet: null,
  isQuietAtWeekends: false,
};

const KEY = "switchboard:notify";
const DAY_MIN = 24 * 60;

/** What was chosen; what is not understood is as usual. */
export function read(text: string | null): Choices {
  try {
    const known = JSON.parse(text ?? "{}") as Partial<Choices>;
    const ways = Object.fromEntries(
      OCCASIONS.map((one) => [one, listed(known.ways?.[one]) ?? USUAL.ways[one]]),
    ) as Choices["ways"];
    return { ...USUAL, ...known, ways, volume: between(known.volume) };
  } catch {
    return USUAL;
  }
}

function listed(ways: unknown): Way[] | undefined {
  return Array.isArray(ways) ? WAYS.filter((way) => ways.includes(way)) : undefined;
}

function between(volume: unknown): number {
  return typeof volume === "number" ? Math.min(1, Math.max(0, volume)) : USUAL.volume;
}

/** Every tab reads it anew: another one may have changed it. */
export function chosen(): Choices {
  try {
    return read(localStorage.getItem(KEY));
  } catch {
    return USUAL;
  }
}

/** Gives whether the browser keeps it. */
export function choose(choices: Choices): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
    return true;
  } catch {
    return false;
  }
}

/** Whether nothing may be heard at `now`, by the clock of whoever sits here. */
export function isQuiet({ quiet, isQuietAtWeekends }: Choices, now: Date): boolean {
  if (isQuietAtWeekends && [0, 6].includes(now.getDay())) return true;
  const from = minutesOf(quiet?.from);
  const to = minutesOf(quiet?.to);
  if (from === undefined || to === undefined || from === to) return false;
  const minute = now.getHours() * 60 + now.getMinutes();
  // Past midnight, it is both what is left of the evening and the morning.
  return from < to ? from <= minute && minute < to : from <= minute || minute < to;
}

function minutesOf(time: string | undefined): number | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(time ?? "") ?? [];
  const all = Number(hours) * 60 + Number(minutes);
  return all < DAY_MIN ? all : undefined;
}
