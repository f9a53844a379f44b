// Every action of the registry: it has a name, a group, a place in the palette and in docs/keyboard.md,
// and keys that get in nobody's way. `UPDATE_EXPECT=1 npm test` writes the tables of the document anew.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import { areAtOdds } from "./keymap.svelte.ts";
import { ACTIONS, GROUP_TITLES } from "./actions.ts";
import { shown } from "./spelling.ts";
import { ui } from "./ui.svelte.ts";
import { refusal, withPress } from "../settings/shortcut.ts";
import { SETTINGS } from "../settings/pages.ts";
import Palette from "../view/Palette.svelte";
import Shortcuts from "../view/Shortcuts.svelte";

/** Without a key of their own, on purpose: they are rare, or a page of the settings. */
const KEYLESS = ["save-view", "contrast", ...SETTINGS.map(({ path }) => `settings-${path}`)];
const DOCUMENT = join(import.meta.dirname, "../../../../docs/keyboard.md");
const TABLES = /(<!-- actions -->\n)[\s\S]*(\n<!-- end of actions -->)/;
const PRESS = /^(Mod\+)?(Alt\+)?(Shift\+)?([a-zA-Z0-9]|[A-Z][A-Za-z0-9]+|[^\w\s])$/;

function texts(selector: string): string[] {
  return [...document.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());
}

function tables(): string {
  const groups = Object.entries(GROUP_TITLES).map(([group, title]) => {
    const rows = ACTIONS.filter((action) => action.group === group).map(({ title, keys }) => {
      const written = keys.map((key) => key.split(" ").map(inCode).join(" then "));
      return `| ${title.replace(" …", "")} | ${written.join(" or ") || "none"} |`;
    });
    return `### ${title}\n\n| Action | Shortcut |\n|---|---|\n${rows.join("\n")}\n`;
  });
  return groups.join("\n");
}

function inCode(press: string): string {
  return `\`${shown(press).join(" ")}\``;
}

afterEach(() => {
  vi.restoreAllMocks();
  ui.close();
});

describe("the registry of actions", () => {
  it("names and groups each of them once", () => {
    expect(ACTIONS.length).toBeGreaterThan(60);
    for (const field of ["id", "title"] as const) {
      const all = ACTIONS.map((action) => action[field]);
      expect(new Set(all).size, field).toBe(all.length);
      expect(all.every(Boolean), field).toBe(true);
    }
    expect(ACTIONS.filter(({ group }) => !(group in GROUP_TITLES))).toEqual([]);
  });

  it("gives each a shortcut, or says that it has none", () => {
    const without = ACTIONS.filter(({ keys }) => !keys.length).map(({ id }) => id);
    expect(without.sort()).toEqual(KEYLESS.sort());
    for (const { id, keys } of ACTIONS) {
      for (const key of keys) {
        const presses = key.split(" ");
        expect(
          presses.every((press) => PRESS.test(press)),
          `${id}: ${key}`,
        ).toBe(true);
        expect(presses.length, `${id}: ${key}`).toBeLessThanOrEqual(2);
        expect(refusal(key), `${id}: ${key}`).toBeUndefined();
      }
    }
  });

  it("gives no key to two", () => {
    const all = ACTIONS.flatMap(({ id, keys }) => keys.map((key) => ({ id, key })));
    const clashes = all.flatMap((one, place) =>
      all
        .slice(place + 1)
        .flatMap((other) => (areAtOdds(one.key, other.key) ? [[one, other]] : [])),
    );
    expect(clashes).toEqual([]);
  });

  it("is whole in the palette, and what has a key is on the sheet", () => {
    const offered = ACTIONS.map((action) => ({ action, was: action.isOffered }));
    for (const { action } of offered) action.isOffered = () => true;
    const titles = ACTIONS.filter(({ id }) => id !== "palette").map(({ title }) => title);
    const palette = mount(Palette, { target: document.body });
    flushSync();
    expect(texts("[role=option] .grow")).toEqual(titles);
    void unmount(palette);
    for (const { action, was } of offered) {
      if (was) action.isOffered = was;
      else delete action.isOffered;
    }
    const sheet = mount(Shortcuts, { target: document.body });
    flushSync();
    const listed = texts(".shortcuts li > .grow");
    const keyed = ACTIONS.filter(({ keys }) => keys.length);
    for (const { title } of keyed) expect(listed).toContain(title.replace(" …", ""));
    void unmount(sheet);
  });

  it("is what docs/keyboard.md says", () => {
    const text = readFileSync(DOCUMENT, "utf8");
    const now = text.replace(TABLES, (_, begin: string, end: string) => begin + tables() + end);
    if (process.env["UPDATE_EXPECT"]) writeFileSync(DOCUMENT, now);
    else expect(text, "UPDATE_EXPECT=1 npm test writes it anew").toBe(now);
    expect(now).toContain("| Close | `E` |");
  });
});

describe("a new shortcut", () => {
  it.each(["Mod+w", "Mod+t", "Mod+n", "Mod+Shift+T", "Mod+1", "Alt+ArrowLeft", "F5"])(
    "is not %s, which browsers keep",
    (key) => expect(refusal(key)).toMatch(/^Your browser keeps that/),
  );

  it.each(["Mod+c", "Mod+v", "Mod+Enter"])("is not %s, which writing needs", (key) =>
    expect(refusal(key)).toMatch(/^That is needed while you write/),
  );

  it.each(["Tab", "Enter", "Space", "g Enter", "PageDown"])("is not %s, of the page", (key) =>
    expect(refusal(key)).toMatch(/^The page itself is used with that/),
  );

  it.each(["y", "g y", "Mod+e", "Alt+e", "F2", "ö", "Shift+Y", "Mod+k"])("may be %s", (key) =>
    expect(refusal(key)).toBeUndefined(),
  );

  it("is one press or two, and one that is held stands alone", () => {
    const read = (...presses: string[]) => presses.reduce(withPress, "");
    expect(read("g")).toBe("g");
    expect(read("g", "y")).toBe("g y");
    expect(read("g", "y", "x")).toBe("x");
    expect(read("g", "Mod+e")).toBe("Mod+e");
    expect(read("Mod+e", "g")).toBe("g");
  });
});
