// A proactive message beside the launcher. It asks once, and can be sent away.
import type { Trigger } from "../../shared/site.ts";
import { face } from "./face.ts";
import { h, iconButton } from "./dom.ts";
import type { Words } from "../locale/index.ts";

interface Acts {
  answer(choice: string): void;
  dismiss(): void;
}

export function bubble(trigger: Trigger, site: string, words: Words, acts: Acts): HTMLElement {
  const { author, message, choices } = trigger;
  const name = author ?? site;
  return h(
    "section",
    { class: "sw-pop", role: "status", "aria-label": words.say("chat") },
    iconButton("close", words.say("dismiss"), { onclick: () => acts.dismiss() }),
    h(
      "p",
      { class: "sw-w" },
      face({ name, avatar_url: null }, { isSmall: true, isOnline: true }),
      h("span", { dir: "auto" }, h("b", {}, name), author !== null && ` · ${site}`),
    ),
    h(
      "button",
      { type: "button", class: "sw-say", dir: "auto", onclick: () => acts.answer("") },
      message,
    ),
    choices.length > 0 &&
      h(
        "div",
        { class: "sw-q" },
        choices.map((choice) =>
          h("button", { type: "button", dir: "auto", onclick: () => acts.answer(choice) }, choice),
        ),
      ),
  );
}
