// What the reader chose or typed on this page. The key lives in this object and nowhere else:
// not in storage, not in a cookie, not in the address.
import { LANGUAGES, type Language } from "../model/samples.ts";

type Listener = () => void;

class Value<T> {
  private readonly listeners = new Set<Listener>();
  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  set(next: T): void {
    if (next === this.value) return;
    this.value = next;
    for (const listener of this.listeners) listener();
  }

  watch(listener: Listener): void {
    this.listeners.add(listener);
  }
}

export const apiKey = new Value("");

const LANGUAGE_ITEM = "switchboard-docs-language";
export const language = new Value<Language>(storedLanguage());
language.watch(() => {
  store(LANGUAGE_ITEM, language.get());
});

function storedLanguage(): Language {
  const stored = load(LANGUAGE_ITEM);
  return LANGUAGES.find((one) => one === stored) ?? "curl";
}

/** Storage may be forbidden; a preference is then forgotten with the page, and that is all. */
export function load(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // see load
  }
}
