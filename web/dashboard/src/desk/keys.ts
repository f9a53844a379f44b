// Keys to actions. A single key does nothing while somebody types, or composes a character.
import { ACTIONS, perform, type Action } from "./actions.ts";
import { ui } from "./ui.svelte.ts";
import { t } from "../locale/say.ts";

/** How long the second key of two may take. */
const PAIR_MS = 1200;

/** Where the letter is on a keyboard that writes another script: by the place of the key. */
const PLACE = /^Key([A-Z])$/;
const LATIN = /^[\x20-\x7e]$/;

/** The key as the registry spells it. */
export function spelled(event: KeyboardEvent): string {
  let key = event.key;
  const place = PLACE.exec(event.code)?.[1];
  if (key.length === 1 && !LATIN.test(key) && place) {
    key = event.shiftKey ? place : place.toLowerCase();
  }
  if (event.metaKey || event.ctrlKey) return `Mod+${key.toLowerCase()}`;
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  return event.shiftKey && isLetter ? `Shift+${key.toUpperCase()}` : key;
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
}

export class Keys {
  #first = "";
  #since = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The action that this key stands for, perhaps with the one before. */
  find(event: KeyboardEvent): Action | undefined {
    if (event.isComposing || event.altKey) return undefined;
    const key = spelled(event);
    const isHeld = key.startsWith("Mod+");
    if (!isHeld && (isTyping(event.target) || ui.overlay)) return undefined;
    const pair = this.now() - this.#since < PAIR_MS ? `${this.#first} ${key}` : key;
    const found = byKey(pair) ?? byKey(key);
    this.#first = found ? "" : key;
    this.#since = this.now();
    return found;
  }
}

function byKey(key: string): Action | undefined {
  return ACTIONS.find((action) => action.keys.includes(key));
}

export function listen(keys = new Keys()): void {
  addEventListener("keydown", (event) => {
    const action = keys.find(event);
    if (!action) return;
    event.preventDefault();
    perform(action);
  });
}

/** As people read it. */
export function shown(key: string): string[] {
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const words: Record<string, string> = {
    ArrowDown: "↓",
    ArrowUp: "↑",
    Mod: isMac ? "⌘" : t("Ctrl"),
  };
  return key
    .split(/[+ ]/)
    .map((part) => words[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}
