// Five faces, and a comment for those who have more to say.
import type { Conversation } from "../model/wire.ts";
import { plainName } from "../text/name.ts";
import { freshId, h, icon, type Child, type IconName } from "./dom.ts";
import type { Ui } from "./ui.ts";

const SCORES = [1, 2, 3, 4, 5] as const;
const COMMENT_CHARS_MAX = 1000;

export function rating(conversation: Conversation, ui: Ui): HTMLElement {
  const { words, chat } = ui;
  const name = plainName(conversation.operator?.name ?? "");
  const chosen = conversation.rating?.score;
  const group = freshId();
  const status = h("p", { class: "sw-s", role: "status" });
  if (chosen) status.append(...thanks(chosen, conversation, ui));
  const choose = (score: number) => {
    chat.rate(score).catch(() => ui.notice(words.say("did_not_work")));
  };
  return h(
    "fieldset",
    { class: "sw-ra" },
    h("legend", { dir: "auto" }, name ? words.say("rate", { name }) : words.say("rate_chat")),
    h(
      "div",
      {},
      SCORES.map((score) =>
        h(
          "label",
          {},
          h("input", {
            type: "radio",
            name: group,
            checked: score === chosen,
            "aria-label": words.say("score", { n: words.number(score), word: wordOf(score, ui) }),
            onchange: () => choose(score),
          }),
          icon(`f${String(score)}` as IconName),
        ),
      ),
    ),
    status,
  );
}

function wordOf(score: number, { words }: Ui): string {
  return words.texts.scores[score - 1] ?? "";
}

function thanks(score: number, conversation: Conversation, ui: Ui): (Node | string)[] {
  const { words } = ui;
  const word = wordOf(score, ui);
  const said = `${word.charAt(0).toLocaleUpperCase(words.tag)}${word.slice(1)}. ${words.say("thanks")} `;
  if (conversation.rating?.comment) return [said];
  const add = h(
    "button",
    { type: "button", class: "sw-a", onclick: () => add.replaceWith(commentForm(score, ui)) },
    words.say("add_comment"),
  );
  return [said, add];
}

function commentForm(score: number, { words, chat, notice }: Ui): HTMLElement {
  const id = freshId();
  const field = h("textarea", {
    id,
    class: "sw-i",
    rows: 2,
    maxlength: COMMENT_CHARS_MAX,
    dir: "auto",
  });
  const send = (event: Event) => {
    event.preventDefault();
    const comment = field.value.trim();
    if (!comment) return field.focus();
    chat.rate(score, comment).then(
      () => notice(words.say("thanks")),
      () => notice(words.say("did_not_work")),
    );
  };
  const parts: Child[] = [
    h("label", { class: "sw-l", for: id }, words.say("comment")),
    field,
    h("button", { class: "sw-b q" }, words.say("send")),
  ];
  queueMicrotask(() => field.focus());
  return h("form", { class: "sw-cf", onsubmit: send }, parts);
}
