// Tabs after the ARIA pattern: arrows, Home and End move, one tab is in the tab order.
import { freshId, h } from "./dom.ts";

export interface Tab {
  label: string;
  title?: string;
  panel: () => HTMLElement;
}

export interface Tabs {
  list: HTMLElement;
  panel: HTMLElement;
  select: (index: number) => void;
  redraw: () => void;
}

export function tabs(
  label: string,
  all: Tab[],
  onSelect: (index: number) => void = () => undefined,
): Tabs {
  const panelId = freshId("panel");
  const panel = h("div", { id: panelId, role: "tabpanel" });
  let current = 0;
  const buttons = all.map((tab, index) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: freshId("tab"),
        "aria-controls": panelId,
        title: tab.title,
        onclick: () => {
          select(index);
          onSelect(index);
        },
      },
      tab.label,
    ),
  );
  const draw = () => {
    const tab = all[current];
    panel.replaceChildren(...(tab ? [tab.panel()] : []));
  };
  const select = (index: number) => {
    current = index;
    for (const [at, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(at === index));
      button.tabIndex = at === index ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", buttons[index]?.id ?? "");
    draw();
  };
  const list = h("div", { role: "tablist", "aria-label": label }, buttons);
  list.addEventListener("keydown", (event) => {
    const next = destination(event.key, current, all.length);
    if (next === undefined) return;
    event.preventDefault();
    buttons[next]?.focus();
    buttons[next]?.click();
  });
  select(0);
  return { list, panel, select, redraw: draw };
}

function destination(key: string, at: number, count: number): number | undefined {
  if (key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowLeft") return (at + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}
