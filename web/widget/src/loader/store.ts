// What the page keeps for its visitor: one entry of its own storage, or memory where that is blocked.
import type { Stored } from "../shared/protocol.ts";
import { quietly } from "./guard.ts";
import { site } from "./site.ts";

export const storageKey = `switchboard:${site.key}`;
let memory: Stored = {};

export function stored(change?: Stored): Stored {
  quietly(() => (memory = JSON.parse(localStorage[storageKey] || "{}")));
  Object.assign(memory, change);
  if (change) quietly(() => (localStorage[storageKey] = JSON.stringify(memory)));
  return memory;
}

export function forget(): void {
  memory = {};
  quietly(() => localStorage.removeItem(storageKey));
}
