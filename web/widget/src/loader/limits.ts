// Named here, away from where they are used, because the bundler writes out only constants of other files.

export const SECOND_MS = 1000;
/** On anything narrower the open chat covers the page, so it never opens by itself. */
export const PHONE_PX = 480;
/** Badges have room for one digit. */
export const COUNT_MAX = 9;
/** An open chat stays open from page to page for so long. */
export const OPEN_MS = 18e5;
