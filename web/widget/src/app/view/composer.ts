// Where the visitor writes. Nothing typed here is lost: every letter is kept until it is sent.
import { addFiles, uploadElement } from "./files.ts";
import { followDirection, freshId, h, icon, iconButton } from "./dom.ts";
import type { Ui } from "./ui.ts";

const HEIGHT_MAX_PX = 116;
/** As much as one message may hold. */
const CHARS_MAX = 10_000;
const KEY_OF_IME = 229;

export class ComposerView {
  readonly element: HTMLElement;
  readonly field: HTMLTextAreaElement;
  #ui: Ui;
  #send: HTMLButtonElement;
  #uploads = h("div", { class: "sw-up" });
  #emoji: HTMLElement | undefined;
  #emojiButton: HTMLButtonElement;
  #uploadSign = "";

  constructor(ui: Ui, onSent: () => void) {
    this.#ui = ui;
    const { words, keeper, chat } = ui;
    const id = freshId();
    this.field = h("textarea", {
      id,
      rows: 1,
      maxlength: CHARS_MAX,
      placeholder: words.say("write"),
      enterkeyhint: "send",
      oninput: () => {
        keeper.set({ draft: this.field.value });
        chat.typing();
        this.update();
      },
      onkeydown: (event: KeyboardEvent) => this.#key(event),
      onpaste: (event: ClipboardEvent) => this.#pasted(event),
    });
    this.field.value = keeper.kept.draft;
    const { picker, attach } = this.#picker();
    this.#emojiButton = iconButton("smile", words.say("emoji"), {
      "aria-expanded": "false",
      onclick: () => void this.#toggleEmoji(),
    });
    this.#send = h(
      "button",
      { class: "sw-ib sw-se", "aria-label": words.say("send") },
      icon("send"),
    );
    const form = h(
      "form",
      {
        class: "sw-c",
        onsubmit: (event: Event) => {
          event.preventDefault();
          this.#submit();
          onSent();
        },
      },
      h("label", { class: "sw-x", for: id }, words.say("message")),
      this.field,
      picker,
      attach,
      this.#emojiButton,
      this.#send,
    );
    this.element = h("div", { class: "sw-co" }, this.#uploads, form);
    this.update();
  }

  update(): void {
    this.#drawUploads();
    const { uploads } = this.#ui.chat.state;
    const isBusy = uploads.some((one) => one.state === "uploading");
    const hasFile = uploads.some((one) => one.state === "ready");
    this.#send.disabled = isBusy || (!this.field.value.trim() && !hasFile);
    followDirection(this.field);
    this.field.style.removeProperty("height");
    const height = Math.min(this.field.scrollHeight, HEIGHT_MAX_PX);
    if (this.field.value && height > 0)
      this.field.style.setProperty("height", `${String(height)}px`);
  }

  prefill(text: string): void {
    this.field.value = text;
    this.#ui.keeper.set({ draft: text });
    this.update();
  }

  #submit(): void {
    if (this.#send.disabled) return;
    const { chat, keeper } = this.#ui;
    chat.say(this.field.value);
    this.field.value = "";
    keeper.set({ draft: "" });
    this.#closeEmoji();
    this.update();
    this.field.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    // Safari ends a composition before it tells of the key that ended it; on touch, Enter is a new line.
    if (event.keyCode === KEY_OF_IME || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.field.form?.requestSubmit();
  }

  #pasted(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    addFiles(files, this.#ui);
  }

  #picker() {
    const { words, chat } = this.#ui;
    const picker = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      accept: chat.state.site.attachments.types.join(","),
      onchange: () => {
        addFiles(picker.files ?? [], this.#ui);
        picker.value = "";
      },
    });
    const attach = iconButton("clip", words.say("attach"), { onclick: () => picker.click() });
    return { picker, attach };
  }

  #drawUploads(): void {
    const { uploads } = this.#ui.chat.state;
    const sign = JSON.stringify(uploads.map((one) => [one.file.name, one.state, one.progress]));
    if (sign === this.#uploadSign) return;
    this.#uploadSign = sign;
    this.#uploads.replaceChildren(...uploads.map((one) => uploadElement(one, this.#ui)));
  }

  async #toggleEmoji(): Promise<void> {
    if (this.#emoji) return this.#closeEmoji();
    const { emojiPanel } = await import("./emoji.ts");
    this.#emoji = emojiPanel(this.#ui.words.say("emoji"), {
      pick: (sign) => this.#insert(sign),
      leave: () => {
        this.#closeEmoji();
        this.field.focus();
      },
    });
    this.#emojiButton.setAttribute("aria-expanded", "true");
    this.element.prepend(this.#emoji);
    this.#emoji.querySelector("button")?.focus();
  }

  #closeEmoji(): void {
    this.#emoji?.remove();
    this.#emoji = undefined;
    this.#emojiButton.setAttribute("aria-expanded", "false");
  }

  #insert(sign: string): void {
    const { selectionStart, selectionEnd } = this.field;
    this.field.setRangeText(sign, selectionStart, selectionEnd, "end");
    this.#ui.keeper.set({ draft: this.field.value });
    this.update();
  }
}
