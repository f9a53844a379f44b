import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

vi.mock("./actions.ts", () => ({
  ACTIONS: [
    { id: "close", keys: ["e"] },
    { id: "reopen", keys: ["Shift+E"] },
    { id: "shortcuts", keys: ["?"] },
    { id: "palette", keys: ["Mod+k"] },
    { id: "undo", keys: ["Mod+z"], isOfFields: true },
    { id: "mine", keys: ["g i"] },
    { id: "take", keys: ["i"] },
    { id: "next", keys: ["j", "ArrowDown"], isRepeated: true },
    { id: "panes", keys: ["["] },
    { id: "macro", keys: ["#"] },
    { id: "none", keys: [] },
  ],
}));
const { Keys } = await import("./keys.ts");
const { keymap, read } = await import("./keymap.svelte.ts");
const { isCharacter, shown, spelled, spellings } = await import("./spelling.ts");
const { ui } = await import("./ui.svelte.ts");
const { ACTIONS } = await import("./actions.ts");

type Init = KeyboardEventInit & { key: string };

function press(init: Init, on: EventTarget = document.body, level = "") {
  const event = new KeyboardEvent("keydown", { bubbles: true, ...init });
  Object.defineProperty(event, "target", { value: on });
  Object.defineProperty(event, "composedPath", { value: () => [on] });
  Object.defineProperty(event, "getModifierState", { value: (name: string) => name === level });
  return event;
}

const does = (init: Init, on?: EventTarget) => new Keys().find(press(init, on))?.id;
const action = (id: string) => {
  const found = ACTIONS.find((one) => one.id === id);
  if (!found) throw new Error(id);
  return found;
};

beforeEach(() => keymap.choose({ own: {}, isSingleOff: false }));
afterEach(() => {
  ui.close();
  document.body.replaceChildren();
});

describe("keys", () => {
  it("are found by the letter, and by the place where the letter is of another script", () => {
    // Russian, Hebrew, Arabic, Greek, Georgian, Thai.
    for (const key of ["у", "ק", "ث", "ε", "ე", "ำ"]) {
      expect(spelled(press({ key, code: "KeyE" })), key).toBe("e");
    }
    expect(does({ key: "У", code: "KeyE", shiftKey: true })).toBe("reopen");
    expect(does({ key: "?", code: "Slash", shiftKey: true })).toBe("shortcuts");
    expect(does({ key: "؟", code: "Slash", shiftKey: true }), "Arabic").toBe("shortcuts");
    expect(does({ key: "л", code: "KeyK", ctrlKey: true }), "Russian").toBe("palette");
    // One key of the Arabic layout types two letters.
    expect(spelled(press({ key: "لا", code: "KeyB" }))).toBe("b");
    expect(spelled(press({ key: "х", code: "BracketLeft" })), "Russian").toBe("[");
    expect(spelled(press({ key: "№", code: "Digit3", shiftKey: true })), "Russian").toBe("#");
  });

  it("of a Latin layout that has its letters elsewhere are its own", () => {
    expect(spelled(press({ key: "a", code: "KeyQ" })), "AZERTY").toBe("a");
    expect(does({ key: "e", code: "KeyD" }), "Dvorak").toBe("close");
    expect(does({ key: ".", code: "KeyE" }), "Dvorak").toBeUndefined();
    expect(does({ key: "d", code: "KeyE" }), "Colemak").toBeUndefined();
  });

  it("know a digit where a layout wants Shift for it, and a sign that AltGr types", () => {
    expect(spelled(press({ key: "1", code: "Digit1", shiftKey: true })), "AZERTY").toBe("1");
    expect(spellings(press({ key: "&", code: "Digit1" })), "AZERTY").toEqual(["&", "1"]);
    expect(spellings(press({ key: "é", code: "Digit2" })), "AZERTY").toEqual(["é", "2"]);
    const german = { key: "[", code: "Digit8", ctrlKey: true, altKey: true };
    expect(new Keys().find(press(german, document.body, "AltGraph"))?.id).toBe("panes");
    expect(does({ key: "[", code: "Digit5", altKey: true }), "German Mac").toBe("panes");
    expect(spellings(press({ key: "ö", code: "Semicolon" }))).toEqual(["ö", ";"]);
  });

  it("say which modifiers were held, and CapsLock says nothing", () => {
    expect(spelled(press({ key: "E" }))).toBe("e");
    expect(spelled(press({ key: "e", shiftKey: true }))).toBe("Shift+E");
    expect(spelled(press({ key: "K", metaKey: true, shiftKey: true }))).toBe("Mod+Shift+K");
    expect(spelled(press({ key: "´", code: "KeyE", altKey: true })), "Mac").toBe("Alt+e");
    expect(spelled(press({ key: "ArrowUp", altKey: true, shiftKey: true }))).toBe(
      "Alt+Shift+ArrowUp",
    );
    for (const key of ["Shift", "Control", "AltGraph", "CapsLock"]) {
      expect(spellings(press({ key }))).toEqual([]);
    }
  });

  it("do nothing while somebody types, composes, or is in the palette; those held with Ctrl do", () => {
    for (const name of ["textarea", "input", "select"]) {
      const field = document.createElement(name);
      expect(does({ key: "e" }, field), name).toBeUndefined();
      expect(does({ key: "ArrowDown" }, field), name).toBeUndefined();
      expect(does({ key: "k", ctrlKey: true }, field), name).toBe("palette");
      expect(does({ key: "z", ctrlKey: true }, field), name).toBeUndefined();
    }
    const box = document.createElement("div");
    box.setAttribute("role", "textbox");
    expect(does({ key: "e" }, box)).toBeUndefined();
    expect(does({ key: "z", ctrlKey: true }), "outside of them").toBe("undo");
    ui.open("palette");
    expect(does({ key: "e" })).toBeUndefined();
    ui.close();
    expect(does({ key: "e" })).toBe("close");
  });

  it("do nothing while a character is put together, held or not", () => {
    expect(does({ key: "e", isComposing: true })).toBeUndefined();
    expect(does({ key: "Process", code: "KeyE" })).toBeUndefined();
    const taken = press({ key: "e", code: "KeyE" });
    Object.defineProperty(taken, "keyCode", { value: 229 });
    expect(new Keys().find(taken)).toBeUndefined();
    expect(does({ key: "k", ctrlKey: true, isComposing: true })).toBeUndefined();
    expect(does({ key: "Dead", code: "BracketLeft" }), "a key that waits for a letter").toBe(
      "panes",
    );
  });

  it("do nothing behind a question, in a menu, and where somebody else has heard them", () => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("open", "");
    document.body.append(dialog);
    expect(does({ key: "e" })).toBeUndefined();
    dialog.remove();
    const menu = document.createElement("div");
    menu.setAttribute("popover", "auto");
    expect(does({ key: "e" }, menu)).toBeUndefined();
    const heard = press({ key: "e", cancelable: true });
    heard.preventDefault();
    expect(new Keys().find(heard)).toBeUndefined();
  });

  it("that are held down do again only what may be done again", () => {
    expect(does({ key: "j", repeat: true })).toBe("next");
    expect(does({ key: "e", repeat: true })).toBeUndefined();
  });

  it("that come in pairs wait for the second a moment", () => {
    let now = 5000;
    const keys = new Keys(() => now);
    expect(keys.find(press({ key: "g" }))).toBeUndefined();
    now += 500;
    expect(keys.find(press({ key: "Shift" })), "a modifier is no key").toBeUndefined();
    expect(keys.find(press({ key: "i" }))?.id).toBe("mine");
    keys.find(press({ key: "g" }));
    now += 5000;
    expect(keys.find(press({ key: "i" }))?.id).toBe("take");
    keys.find(press({ key: "п", code: "KeyG" }));
    expect(keys.find(press({ key: "ш", code: "KeyI" }))?.id, "Russian").toBe("mine");
  });

  it("are shown as they stand on the keyboard", () => {
    expect(shown("g i")).toEqual(["G", "I"]);
    expect(shown("Mod+Shift+ArrowUp")).toEqual(["Ctrl", "Shift", "↑"]);
    expect(shown("Mod++")).toEqual(["Ctrl", "+"]);
    expect(shown("+")).toEqual(["+"]);
    expect(shown("")).toEqual([]);
  });
});

describe("the keys that somebody chose", () => {
  it("do what they were chosen for, and the usual ones do not any more", () => {
    keymap.change(action("close"), ["y"]);
    expect(does({ key: "y" })).toBe("close");
    expect(does({ key: "e" })).toBeUndefined();
    expect(localStorage.getItem("switchboard:keys")).toContain('"close":["y"]');
    keymap.change(action("close"), []);
    expect(does({ key: "y" })).toBeUndefined();
    keymap.change(action("close"), ["e"]);
    expect(keymap.isUsual(action("close"))).toBe(true);
  });

  it("are taken from whoever has them, or a key that begins with them", () => {
    expect(keymap.rivals("i", "close").map(({ id }) => id)).toEqual(["take"]);
    expect(keymap.rivals("g", "close").map(({ id }) => id)).toEqual(["mine"]);
    expect(keymap.rivals("i x", "close").map(({ id }) => id)).toEqual(["take"]);
    expect(keymap.rivals("e", "close")).toEqual([]);
    expect(keymap.change(action("close"), ["j"]).map(({ id }) => id)).toEqual(["next"]);
    expect(keymap.given(action("next")), "its other key stays").toEqual(["ArrowDown"]);
    keymap.change(action("next"), action("next").keys);
    expect(keymap.given(action("close")), "and it is taken back").toEqual([]);
  });

  it("go before a usual key that came later", () => {
    keymap.choose({ own: { none: ["e"] }, isSingleOff: false });
    expect(does({ key: "e" })).toBe("none");
  });

  it("that type something do nothing once single keys are off", () => {
    keymap.choose({ own: { take: ["Alt+i"] }, isSingleOff: true });
    expect(does({ key: "e" })).toBeUndefined();
    expect(does({ key: "?" })).toBeUndefined();
    expect(does({ key: "ArrowDown" })).toBe("next");
    expect(does({ key: "k", ctrlKey: true })).toBe("palette");
    expect(does({ key: "i", altKey: true })).toBe("take");
    const keys = new Keys();
    keys.find(press({ key: "g" }));
    expect(keys.find(press({ key: "i" }))).toBeUndefined();
    expect(keymap.of(action("next"))).toEqual(["ArrowDown"]);
    expect(["e", "g i", "Shift+E", "Space"].every(isCharacter)).toBe(true);
    expect(["Mod+k", "Alt+i", "F2", "ArrowUp"].some(isCharacter)).toBe(false);
  });

  it("are as usual where what is kept makes no sense", () => {
    const usual = { own: {}, isSingleOff: false };
    for (const text of [null, "", "{", "[]", "7", '{"own":7}', '{"own":{"close":"e"}}']) {
      expect(read(text), String(text)).toEqual(usual);
    }
    expect(read('{"own":{"gone":["e"],"close":["y"],"take":[7]},"isSingleOff":1}')).toEqual({
      own: { close: ["y"] },
      isSingleOff: false,
    });
  });
});
