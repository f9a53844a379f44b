// What was typed and not sent, apart for replies and notes. It is kept in this browser at once, and on
// the server a moment later, so that it survives the tab, the browser and the device.
import { SvelteMap } from "svelte/reactivity";
import { api, Problem, type Draft } from "../api/client.ts";
import { team } from "./team.svelte.ts";

export type Mode = "reply" | "note";

interface Kept {
  body: string;
  /** The server's version that this was made of; 0 for none. */
  version: number;
  /** Whether the server does not have it yet. */
  isNew: boolean;
}

const PREFIX = "switchboard:draft:";
const SAVE_AFTER_MS = 1200;
/** Somebody who never pauses is not waited for any longer. */
const SAVE_WITHIN_MS = 5000;
const AGAIN_AFTER_MS = 10_000;
const CONFLICT = 409;
const NOTHING: Kept = { body: "", version: 0, isNew: false };
const MODES: Mode[] = ["reply", "note"];

/** What one person typed is not for the next one who sits here. */
function mine(): string {
  return `${PREFIX}${team.me}:`;
}

function key(conversation: string, mode: Mode): string {
  return `${mine()}${conversation}:${mode}`;
}

class Drafts {
  #known = new SvelteMap<string, Kept>();
  /** What another device keeps in its place. */
  #others = new SvelteMap<string, Draft>();
  #timers = new Map<string, number>();
  /** Since when the server does not have it. */
  #since = new Map<string, number>();
  /** Whether this browser keeps what is typed: its storage may be full, or refused. */
  isKept = $state(true);

  /** Hands the server what an earlier tab could not, and hears what other tabs keep. */
  start(): void {
    for (const name of names()) {
      const [conversation = "", mode] = name.slice(mine().length).split(":");
      if (stored(name).isNew) this.#saveSoon(conversation, mode as Mode, SAVE_AFTER_MS);
    }
    addEventListener("storage", ({ key: name }) => {
      // What is being typed here stays: the server tells of the other then.
      if (name?.startsWith(mine()) && !this.#find(name).isNew) this.#known.set(name, stored(name));
    });
  }

  text(conversation: string, mode: Mode): string {
    return this.#find(key(conversation, mode)).body;
  }

  /** Whether the server has it as it is. */
  isSaved(conversation: string, mode: Mode): boolean {
    return !this.#find(key(conversation, mode)).isNew;
  }

  /** What another device keeps for the same purpose, and differs. */
  other(conversation: string, mode: Mode): Draft | undefined {
    return this.#others.get(key(conversation, mode));
  }

  type(conversation: string, mode: Mode, body: string): void {
    const name = key(conversation, mode);
    this.#keep(name, { ...this.#find(name), body, isNew: true });
    this.#saveSoon(conversation, mode, SAVE_AFTER_MS);
  }

  /** It was sent, or is not wanted any more. */
  clear(conversation: string, mode: Mode): void {
    if (this.text(conversation, mode)) this.type(conversation, mode, "");
  }

  /** Asks what other devices have kept. */
  async meet(conversation: string): Promise<void> {
    const { data } = await api("get", "/v1/conversations/{id}/drafts", { id: conversation });
    for (const mode of MODES) {
      const theirs = data.find((one) => one.mode === mode);
      this.#compare(conversation, mode, theirs);
    }
  }

  /** Takes what the other device keeps, or overwrites it with what is here. */
  settle(conversation: string, mode: Mode, whose: "theirs" | "mine"): void {
    const name = key(conversation, mode);
    const theirs = this.#others.get(name);
    this.#others.delete(name);
    if (!theirs) return;
    const { body, version } = theirs;
    if (whose === "theirs") this.#keep(name, { body, version, isNew: false });
    else {
      this.#keep(name, { ...this.#find(name), version, isNew: true });
      this.#saveSoon(conversation, mode, 0);
    }
  }

  #compare(conversation: string, mode: Mode, theirs: Draft | undefined): void {
    const name = key(conversation, mode);
    const mine = this.#find(name);
    const { body, version } = theirs ?? NOTHING;
    if (version === mine.version) return;
    if (!mine.isNew || !mine.body.trim() || mine.body === body) {
      this.#keep(name, { body, version, isNew: false });
    } else if (theirs) {
      this.#others.set(name, theirs);
    } else {
      this.#keep(name, { ...mine, version: 0 });
      this.#saveSoon(conversation, mode, SAVE_AFTER_MS);
    }
  }

  #saveSoon(conversation: string, mode: Mode, afterMs: number): void {
    const name = key(conversation, mode);
    clearTimeout(this.#timers.get(name));
    const now = performance.now();
    const since = this.#since.get(name) ?? now;
    this.#since.set(name, since);
    const save = () => {
      this.#since.delete(name);
      void this.#save(conversation, mode);
    };
    const latest = Math.max(afterMs === AGAIN_AFTER_MS ? afterMs : 0, since + SAVE_WITHIN_MS - now);
    this.#timers.set(name, window.setTimeout(save, Math.min(afterMs, latest)));
  }

  async #save(conversation: string, mode: Mode): Promise<void> {
    const name = key(conversation, mode);
    const { body, version, isNew } = this.#find(name);
    if (!isNew || this.#others.has(name)) return;
    try {
      const { data } = await api("post", "/v1/conversations/{id}/drafts", {
        id: conversation,
        body: { mode, body, version },
      });
      const now = this.#find(name);
      this.#keep(name, { ...now, version: data.version, isNew: now.body !== body });
      if (now.body !== body) this.#saveSoon(conversation, mode, SAVE_AFTER_MS);
    } catch (error) {
      // This browser has it: it is only the other devices that wait.
      if (error instanceof Problem && error.status === CONFLICT) {
        await this.meet(conversation).catch(() => undefined);
      } else if (error instanceof Problem && error.isPassing) {
        this.#saveSoon(conversation, mode, AGAIN_AFTER_MS);
      }
    }
  }

  #find(name: string): Kept {
    return this.#known.get(name) ?? stored(name);
  }

  #keep(name: string, kept: Kept): void {
    this.#known.set(name, kept);
    try {
      if (kept.body.trim() || kept.isNew) localStorage.setItem(name, JSON.stringify(kept));
      else localStorage.removeItem(name);
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
  }
}

function names(): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(mine()));
  } catch {
    return [];
  }
}

function stored(name: string): Kept {
  try {
    const text = localStorage.getItem(name);
    return text ? { ...NOTHING, ...(JSON.parse(text) as Partial<Kept>) } : NOTHING;
  } catch {
    return NOTHING;
  }
}

export const drafts = new Drafts();
