// Keys to actions. A single key does nothing while somebody types, or composes a character.
import { isOffered, type Action } from "./actions.ts";
import { keymap } from "./keymap.svelte.ts";
import { spellings } from "./spelling.ts";
import { ui } from "./ui.svelte.ts";

/** How long the second key of two may take. */
const PAIR_MS = 1200;

const FIELD = "input, textarea, select, [role=textbox], [role=searchbox], [role=combobox]";
/** What is open over the page has its own keys. */
const OVER = "dialog[open], [popover]";

/** Whether what is pressed is written there, and not meant for the desk. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches(FIELD));
}

function isElsewhere(target: EventTarget | null): boolean {
  if (ui.overlay || document.querySelector("dialog[open]")) return true;
  return isTyping(target) || (target instanceof Element && target.closest(OVER) !== null);
}

export class Keys {
  #first: string[] = [];
  #since = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The action that this key stands for, perhaps with the one before. */
  find(event: KeyboardEvent): Action | undefined {
    const pressed = spellings(event);
    const isHeld = pressed[0]?.startsWith("Mod+");
    const [target = event.target] = event.composedPath();
    if (!pressed.length || event.defaultPrevented) return undefined;
    if (!isHeld && isElsewhere(target)) return undefined;
    const isSoon = this.now() - this.#since < PAIR_MS;
    const pairs = isSoon
      ? this.#first.flatMap((first) => pressed.map((key) => `${first} ${key}`))
      : [];
    const found = firstOf([...pairs, ...pressed]);
    if (found?.isOfFields && isTyping(target)) return undefined;
    this.#first = found ? [] : pressed;
    this.#since = this.now();
    // A key that lies under a book closes nothing more than once.
    return event.repeat && !found?.isRepeated ? undefined : found;
  }
}

function firstOf(keys: string[]): Action | undefined {
  for (const key of keys) {
    const found = keymap.find(key);
    if (found) return found;
  }
  return undefined;
}

export function listen(keys = new Keys()): void {
  addEventListener("keydown", (event) => {
    const action = keys.find(event);
    // What makes no sense now is left to the browser.
    if (!action || !isOffered(action)) return;
    event.preventDefault();
    action.run();
  });
}
