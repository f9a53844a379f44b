import { afterEach, describe, expect, it, vi } from "vitest";

vi.mock("./actions.ts", () => ({
  ACTIONS: [
    { id: "close", keys: ["e"] },
    { id: "reopen", keys: ["Shift+E"] },
    { id: "shortcuts", keys: ["?"] },
    { id: "palette", keys: ["Mod+k"] },
    { id: "mine", keys: ["g i"] },
    { id: "take", keys: ["i"] },
  ],
}));
const { Keys, spelled } = await import("./keys.ts");
const { ui } = await import("./ui.svelte.ts");

function press(init: KeyboardEventInit & { key: string }, on: EventTarget = document.body) {
  const event = new KeyboardEvent("keydown", { bubbles: true, ...init });
  Object.defineProperty(event, "target", { value: on });
  return event;
}

afterEach(() => ui.close());

describe("keys", () => {
  it("are found by the letter, and by the place where the letter is of another script", () => {
    for (const key of ["e", "у", "ק", "ث"]) {
      expect(spelled(press({ key, code: "KeyE" }))).toBe("e");
    }
    // A Latin layout that has its letters elsewhere says its own letter.
    expect(spelled(press({ key: "a", code: "KeyQ" }))).toBe("a");
    expect(new Keys().find(press({ key: "У", code: "KeyE", shiftKey: true }))?.id).toBe("reopen");
    expect(new Keys().find(press({ key: "?", code: "Slash", shiftKey: true }))?.id).toBe(
      "shortcuts",
    );
  });

  it("do nothing while somebody types, composes, or is in the palette; those held with Ctrl do", () => {
    const field = document.createElement("textarea");
    expect(new Keys().find(press({ key: "e" }, field))).toBeUndefined();
    expect(new Keys().find(press({ key: "k", ctrlKey: true }, field))?.id).toBe("palette");
    expect(new Keys().find(press({ key: "e", isComposing: true }))).toBeUndefined();
    ui.open("palette");
    expect(new Keys().find(press({ key: "e" }))).toBeUndefined();
  });

  it("that come in pairs wait for the second a moment", () => {
    let now = 5000;
    const keys = new Keys(() => now);
    expect(keys.find(press({ key: "g" }))).toBeUndefined();
    now += 500;
    expect(keys.find(press({ key: "i" }))?.id).toBe("mine");
    keys.find(press({ key: "g" }));
    now += 5000;
    expect(keys.find(press({ key: "i" }))?.id).toBe("take");
  });
});
