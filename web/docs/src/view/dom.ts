import { announce, copy, h, icon, type IconName } from "../../../dom.ts";

export * from "../../../dom.ts";

const COPIED_MS = 1600;

export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const show = (name: IconName, words: string) => {
    button.replaceChildren(icon(name));
    button.setAttribute("aria-label", words);
    button.title = words;
  };
  const button = h("button", {
    type: "button",
    class: "icon-button",
    onclick: () => {
      copy(text()).then(
        () => {
          show("check", "Copied");
          announce("Copied");
        },
        () => {
          show("alert", "The browser refused to copy: select the text instead");
          announce("The browser refused to copy: select the text instead");
        },
      );
      setTimeout(() => show("copy", label), COPIED_MS);
    },
  });
  show("copy", label);
  return button;
}
