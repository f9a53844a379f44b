// Which shortcuts cannot be chosen, and how one is read from the presses that make it.
import { ACTIONS } from "../desk/actions.ts";
import { t } from "../locale/say.ts";

/** Windows, tabs and addresses are the browser's: a page does not hear of these, or must not take them. */
const BROWSER = new Set(
  [
    [
      "Mod+w",
      "Mod+t",
      "Mod+n",
      "Mod+q",
      "Mod+r",
      "Mod+l",
      "Mod+p",
      "Mod+f",
      "Mod+Tab",
      "Mod+Shift+Tab",
    ],
    ["Mod+Shift+W", "Mod+Shift+T", "Mod+Shift+N", "Mod+Shift+Q", "Mod+Shift+R", "Mod+Shift+I"],
    ["Mod+PageUp", "Mod+PageDown", "Mod+=", "Mod++", "Mod+-"],
    [..."0123456789"].map((digit) => `Mod+${digit}`),
    ["Alt+ArrowLeft", "Alt+ArrowRight", "Alt+Home", "Alt+d", "Alt+F4", "Alt+Tab", "Mod+F4"],
    ["F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "Shift+F10", "Mod+F5", "Shift+F5"],
  ].flat(),
);
/** What people press without thinking while they write. */
const WRITING = new Set(
  ["Mod+a", "Mod+c", "Mod+v", "Mod+x", "Mod+y", "Mod+z", "Mod+Shift+Z", "Mod+Shift+V"].concat([
    "Mod+Enter",
    "Mod+Shift+Enter",
    "Mod+Backspace",
    "Mod+ArrowLeft",
    "Mod+ArrowRight",
  ]),
);
/** What buttons, fields and long pages are used with. */
const PAGE = /^(Shift\+)?(Tab|Enter|Space|Escape|Backspace|Delete|Home|End|PageUp|PageDown)$/;
const PRESSES_MAX = 2;

/** Why it cannot be chosen, if it cannot. */
export function refusal(key: string): string | undefined {
  // What an action has anyway was thought about.
  if (ACTIONS.some(({ keys }) => keys.includes(key))) return undefined;
  const presses = key.split(" ");
  if (presses.some((press) => BROWSER.has(press)))
    return t("Your browser keeps that for itself, so the desk would not hear of it. Try another.");
  if (presses.some((press) => WRITING.has(press)))
    return t("That is needed while you write. Try another.");
  if (presses.some((press) => PAGE.test(press)))
    return t("The page itself is used with that: its buttons, fields and menus. Try another.");
  return undefined;
}

/** What was read so far, with one press more. One that is held with Ctrl or Alt stands alone. */
export function withPress(before: string, press: string): string {
  const isChord = (key: string) => /^(Mod|Alt)\+/.test(key);
  const presses = before ? before.split(" ") : [];
  if (presses.length === PRESSES_MAX || isChord(press) || isChord(before)) return press;
  return [...presses, press].join(" ");
}
