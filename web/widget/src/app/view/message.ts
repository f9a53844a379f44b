// One line of the conversation as elements.
import type { Attachment } from "../model/wire.ts";
import { linkify, safeHref } from "../text/linkify.ts";
import { plainName } from "../text/name.ts";
import { face } from "./face.ts";
import { fileLine } from "./files.ts";
import { h, icon, spoken, type Child, type IconName } from "./dom.ts";
import type { MessageRow, Receipt, Row } from "./rows.ts";
import type { Ui } from "./ui.ts";

export function rowElement(row: Row, ui: Ui): HTMLElement {
  return row.kind === "line" ? h("p", { class: "sw-d" }, row.text) : messageElement(row, ui);
}

function messageElement(row: MessageRow, ui: Ui): HTMLElement {
  const isMine = row.side === "me";
  const classes = ["sw-m", isMine && "me", !row.isFirst && "g"].filter(Boolean).join(" ");
  return h(
    "div",
    // The visitor knows what they wrote: their own lines are not read out.
    { class: classes, "aria-live": isMine && "off" },
    !isMine && row.isFirst && authorLine(row, ui),
    bubble(row, ui),
    !row.isDeleted && row.attachments.map((one) => attachment(one, ui)),
    row.receipt && receiptLine(row, row.receipt, ui),
  );
}

function authorLine({ author, side, time }: MessageRow, { words, chat }: Ui): HTMLElement {
  const name = plainName(author?.name ?? "") || chat.state.site.name;
  return h(
    "p",
    { class: "sw-w" },
    face(
      { name, avatar_url: author?.avatar_url ?? null },
      { isSmall: true, isBot: side === "bot" },
    ),
    h("b", { dir: "auto" }, name),
    side === "bot" ? h("span", { class: "sw-tag" }, words.say("automated")) : h("bdi", {}, time),
  );
}

function bubble(row: MessageRow, { words, chat }: Ui): Child {
  if (row.isDeleted) return h("p", { class: "sw-t off" }, words.say("deleted"));
  if (!row.body) return null;
  const who =
    row.side === "me"
      ? words.say("you")
      : plainName(row.author?.name ?? "") || chat.state.site.name;
  return h(
    "p",
    { class: "sw-t", dir: "auto" },
    spoken(`${who}, ${row.time}: `),
    linkify(row.body).map((piece) =>
      piece.kind === "link" ? link(piece.href, piece.text) : piece.text,
    ),
    row.isEdited && h("small", {}, ` (${words.say("edited")})`),
  );
}

function link(href: string, text: string): HTMLElement {
  const rel = "noopener noreferrer nofollow ugc";
  return h("a", { href, target: "_blank", rel, dir: "ltr" }, text);
}

function attachment(file: Attachment, { words }: Ui): Child {
  const href = ownHref(file.url);
  if (!href) return null;
  const rel = "noopener noreferrer nofollow ugc";
  if (isPicture(file)) {
    const { width, height } = file;
    return h(
      "a",
      { class: "sw-im", href, target: "_blank", rel },
      h("img", {
        src: href,
        alt: file.name,
        loading: "lazy",
        decoding: "async",
        width: width ?? undefined,
        height: height ?? undefined,
      }),
    );
  }
  return h(
    "a",
    { class: "sw-at", href, target: "_blank", rel, download: file.name },
    fileLine(file, words),
    icon("get"),
    spoken(words.say("download")),
  );
}

/** A signed address of the server, which may be given without its host. */
function ownHref(url: string): string | undefined {
  return safeHref(new URL(url, document.baseURI).href);
}

function isPicture(file: Attachment): boolean {
  return /^image\/(png|jpeg|gif|webp|avif)$/.test(file.content_type);
}

const RECEIPT_ICONS: Record<Receipt, IconName> = {
  waiting: "wait",
  sent: "sent",
  delivered: "read",
  read: "read",
  failed: "alert",
};

function receiptLine(
  row: MessageRow,
  { state, time }: NonNullable<MessageRow["receipt"]>,
  { words, chat }: Ui,
): HTMLElement {
  const text = state === "read" ? words.say("read_at", { time }) : words.say(state);
  const look = { waiting: "", sent: "", delivered: "", read: " ok", failed: " no" }[state];
  const button = (label: string, act: (clientId: string) => void) =>
    h("button", { type: "button", class: "sw-a", onclick: () => act(row.key) }, label);
  return h(
    "p",
    { class: `sw-r${look}` },
    text,
    icon(RECEIPT_ICONS[state]),
    state === "failed" && [
      button(words.say("retry"), (clientId) => chat.retry(clientId)),
      button(words.say("delete"), (clientId) => chat.discard(clientId)),
    ],
  );
}
