// Which keys do what in this browser: as the registry has it, unless somebody chose otherwise.
import { ACTIONS, type Action } from "./actions.ts";
import { isCharacter } from "./spelling.ts";

const KEPT_AS = "switchboard:keys";
const KEYS_MAX = 4;
const KEY_CHARS_MAX = 40;

export interface Choices {
  /** The keys of an action that has others than usual. None is a choice, too. */
  own: Record<string, string[]>;
  /** Whether what types a character does nothing, alone or after another. */
  isSingleOff: boolean;
}

const USUAL: Choices = { own: {}, isSingleOff: false };

/** What was chosen; what is not understood is as usual. */
export function read(text: string | null): Choices {
  try {
    const { own, isSingleOff } = JSON.parse(text ?? "{}") as Partial<Choices>;
    const known = ACTIONS.flatMap(({ id }) => {
      const keys = own?.[id];
      return areKeys(keys) ? [[id, keys] as const] : [];
    });
    return { own: Object.fromEntries(known), isSingleOff: isSingleOff === true };
  } catch {
    return USUAL;
  }
}

function areKeys(keys: unknown): keys is string[] {
  const isKey = (key: unknown) =>
    typeof key === "string" && key.length > 0 && key.length <= KEY_CHARS_MAX;
  return Array.isArray(keys) && keys.length <= KEYS_MAX && keys.every(isKey);
}

function kept(): Choices {
  try {
    return read(localStorage.getItem(KEPT_AS));
  } catch {
    return USUAL;
  }
}

/** Whether one cannot be pressed without the other: they are the same, or one begins the other. */
export function areAtOdds(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);
}

class Keymap {
  #choices = $state.raw(kept());
  /** Whether this browser keeps it. */
  isKept = $state(true);

  constructor() {
    // Another tab may have changed it.
    addEventListener("storage", ({ key }) => {
      if (key === KEPT_AS || key === null) this.#choices = kept();
    });
  }

  get choices(): Choices {
    return this.#choices;
  }

  /** All that were given to it. */
  given({ id, keys }: Action): readonly string[] {
    return this.#choices.own[id] ?? keys;
  }

  /** Those of them that work now. */
  of(action: Action): readonly string[] {
    const keys = this.given(action);
    return this.#choices.isSingleOff ? keys.filter((key) => !isCharacter(key)) : keys;
  }

  /** The key to hint at, where the action is offered otherwise. */
  hint(id: string): string {
    const action = ACTIONS.find((known) => known.id === id);
    return (action && this.of(action)[0]) ?? "";
  }

  isUsual({ id }: Action): boolean {
    return !(id in this.#choices.own);
  }

  /** What it does. Somebody's own choice goes before a usual key that came later. */
  find(key: string): Action | undefined {
    const found = ACTIONS.filter((action) => this.of(action).includes(key));
    return found.find((action) => !this.isUsual(action)) ?? found[0];
  }

  /** The other actions that have it, or keys that it would get in the way of. */
  rivals(key: string, id: string): Action[] {
    const isRival = (action: Action) => this.given(action).some((known) => areAtOdds(known, key));
    return ACTIONS.filter((action) => action.id !== id && isRival(action));
  }

  /** Gives it these keys, and takes them from whoever has them. Gives who that was. */
  change(action: Action, keys: readonly string[]): Action[] {
    const own = { ...this.#choices.own };
    const robbed = new Set(keys.flatMap((key) => this.rivals(key, action.id)));
    for (const rival of robbed) {
      const left = this.given(rival).filter((known) => !keys.some((key) => areAtOdds(known, key)));
      own[rival.id] = left;
    }
    own[action.id] = [...keys];
    this.choose({ ...this.#choices, own });
    return [...robbed];
  }

  /** Holds from now on, here and in every tab of this browser. */
  choose({ own, isSingleOff }: Choices): void {
    const differs = ({ id, keys }: Action) => own[id] && own[id].join() !== keys.join();
    const others = ACTIONS.filter(differs).map(({ id }) => [id, own[id] ?? []] as const);
    this.#choices = { own: Object.fromEntries(others), isSingleOff };
    try {
      localStorage.setItem(KEPT_AS, JSON.stringify(this.#choices));
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
  }
}

export const keymap = new Keymap();
