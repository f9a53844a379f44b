// How a press is written down: "e", "Shift+E", "Mod+k", "Alt+ArrowUp". It goes by the letter that is
// typed, so that Dvorak and AZERTY have theirs; where no Latin letter is typed, by the place of the key.
import { t } from "../locale/say.ts";

const MODIFIER = /^(Shift|Control|Alt|AltGraph|Meta|OS|CapsLock|NumLock|Fn|FnLock)$/;
/** "Enter", "ArrowUp"; not "لا", which one key of the Arabic layout types. */
const NAMED = /^(?!Dead$|Process$|Unidentified$)[A-Z][A-Za-z0-9]+$/;
const ASCII = /^[\x21-\x7e]$/;
const LATIN_LETTER = /^\p{Script=Latin}$/u;
const LETTER_PLACE = /^Key([A-Z])$/;
const DIGIT_PLACE = /^Digit(\d)$/;
/** What the key at a place types where the layout is the American one, and with Shift. */
const SIGN_PLACES: Record<string, string> = {
  Backquote: "`~",
  Minus: "-_",
  Equal: "=+",
  BracketLeft: "[{",
  BracketRight: "]}",
  Backslash: "\\|",
  Semicolon: ";:",
  Quote: "'\"",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
};
const SHIFTED_DIGITS = ")!@#$%^&*(";
/** What an input method has taken, where a browser does not say that somebody composes. */
const TAKEN_BY_INPUT_METHOD = 229;

/** Whether the press belongs to a character that is still being put together. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD || event.key === "Process";
}

/** The ways to write it down, the likeliest first; none for a modifier alone, or while composing. */
export function spellings(event: KeyboardEvent): string[] {
  if (isComposing(event) || MODIFIER.test(event.key)) return [];
  const isSign = isThirdLevel(event);
  const isMod = !isSign && (event.metaKey || event.ctrlKey);
  const isAlt = !isSign && event.altKey;
  const held = `${isMod ? "Mod+" : ""}${isAlt ? "Alt+" : ""}`;
  return candidates(event).map((key) => held + withShift(key, event.shiftKey, isMod));
}

/** As the registry spells it. */
export function spelled(event: KeyboardEvent): string {
  return spellings(event)[0] ?? "";
}

/** Whether AltGr, or Option on a Mac, only helped to type a sign: "[" on a German keyboard. */
function isThirdLevel(event: KeyboardEvent): boolean {
  if (event.key.length !== 1) return false;
  if (event.getModifierState("AltGraph")) return true;
  const isAlnum = /[a-z0-9]/i.test(event.key);
  const isAway = LETTER_PLACE.test(event.code) || DIGIT_PLACE.test(event.code);
  return event.altKey && !event.metaKey && ASCII.test(event.key) && !isAlnum && isAway;
}

function candidates({ key, code, shiftKey }: KeyboardEvent): string[] {
  if (key === " ") return ["Space"];
  if (NAMED.test(key)) return [key];
  const place = placed(code, shiftKey);
  if (ASCII.test(key)) {
    // AZERTY wants Shift for its digits; without it they are meant as well.
    const digit = DIGIT_PLACE.exec(code)?.[1];
    return digit && !shiftKey && key !== digit ? [key, digit] : [key];
  }
  if (LATIN_LETTER.test(key)) return place ? [key, place] : [key];
  return place ? [place] : [];
}

/** What the key would type on an American keyboard. */
function placed(code: string, isShifted: boolean): string | undefined {
  const letter = LETTER_PLACE.exec(code)?.[1];
  if (letter) return letter.toLowerCase();
  const digit = DIGIT_PLACE.exec(code)?.[1];
  if (digit) return isShifted ? SHIFTED_DIGITS[Number(digit)] : digit;
  return SIGN_PLACES[code]?.[isShifted ? 1 : 0];
}

/** A sign says by itself whether Shift was held. CapsLock says nothing. */
function withShift(key: string, isShifted: boolean, isMod: boolean): string {
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  if (isLetter) return isShifted ? `Shift+${key.toUpperCase()}` : key.toLowerCase();
  return isShifted && (key.length > 1 || (isMod && /\d/.test(key))) ? `Shift+${key}` : key;
}

/** Whether it types a character, and so can be pressed, or said, by mistake. */
export function isCharacter(key: string): boolean {
  return key.split(" ").every((press) => {
    const parts = partsOf(press);
    const last = parts.at(-1) ?? "";
    return !/^(Mod|Alt)$/.test(parts[0] ?? "") && (last.length === 1 || last === "Space");
  });
}

/** "Mod+Shift+k" in its parts; a plus may be the last of them. */
function partsOf(press: string): string[] {
  return press.split(/\+(?=.)/);
}

/** As people read it. */
export function shown(key: string): string[] {
  if (!key) return [];
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const words: Record<string, string> = {
    ArrowDown: "↓",
    ArrowUp: "↑",
    ArrowLeft: "←",
    ArrowRight: "→",
    Escape: t("Esc"),
    Space: t("Space"),
    Mod: isMac ? "⌘" : t("Ctrl"),
    Alt: isMac ? "⌥" : "Alt",
  };
  return key
    .split(" ")
    .flatMap(partsOf)
    .map((part) => words[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}
