// The panel of emoji: it comes over the wire only when it is asked for.
import { h } from "./dom.ts";

const SIGNS =
  "😀 😃 😄 😁 😅 😂 🙂 😉 😊 😇 😍 😘 😋 😎 🤩 🥳 🤔 🤨 😐 🙄 😏 😴 😌 😔 😕 🙁 😮 😳 🥺 😢 😭 😤 😡 🤯 😱 🤗 🤝 👍 👎 👌 ✌️ 🤞 👏 🙌 🙏 💪 👋 👀 ❤️ 🧡 💛 💚 💙 💜 🖤 💔 ✨ 🔥 🎉 🎁 ⭐ ☀️ 🌈 ☕ 🍕 🍀 📦 📎 📷 💡 ⏰ ✅ ❌ ❓ ❗ 💯".split(
    " ",
  );
const COLUMNS = 8;

interface Acts {
  pick(sign: string): void;
  leave(): void;
}

export function emojiPanel(label: string, { pick, leave }: Acts): HTMLElement {
  const buttons = SIGNS.map((sign, at) =>
    h("button", { type: "button", tabindex: at === 0 ? 0 : -1, onclick: () => pick(sign) }, sign),
  );
  const go = (from: number, by: number) => {
    const next = buttons[Math.min(buttons.length - 1, Math.max(0, from + by))];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  };
  return h(
    "div",
    {
      class: "sw-em",
      role: "group",
      "aria-label": label,
      onkeydown: (event: KeyboardEvent) => {
        const from = buttons.indexOf(event.target as HTMLButtonElement);
        const forward = getComputedStyle(event.target as Element).direction === "rtl" ? -1 : 1;
        const by = {
          ArrowRight: forward,
          ArrowLeft: -forward,
          ArrowDown: COLUMNS,
          ArrowUp: -COLUMNS,
          Home: -SIGNS.length,
          End: SIGNS.length,
        }[event.key];
        if (event.key === "Escape") {
          event.stopPropagation();
          leave();
        }
        if (by === undefined || from < 0) return;
        event.preventDefault();
        go(from, by);
      },
    },
    buttons,
  );
}
