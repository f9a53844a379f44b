// Files: how they are shown, chosen, checked, and watched on their way.
import type { Words } from "../locale/index.ts";
import { fileProblem, type Upload } from "../net/upload.ts";
import { h, icon, iconButton, type Child } from "./dom.ts";
import type { Ui } from "./ui.ts";

export const FILES_MAX = 10;
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
const STEP = 1024;

export function fileLine(file: { name: string; size: number }, words: Words): Child {
  const ending = /\.(\w{1,5})$/.exec(file.name)?.[1]?.toUpperCase();
  const about = [ending, fileSize(file.size, words)].filter(Boolean).join(", ");
  return [
    h("i", {}, icon("file")),
    h("span", {}, h("b", { dir: "auto" }, file.name), h("span", { class: "sw-s" }, about)),
  ];
}

export function fileSize(bytes: number, words: Words): string {
  const power = Math.min(
    UNITS.length - 1,
    Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(STEP)),
  );
  return words.number(bytes / STEP ** power, {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    maximumFractionDigits: power > 1 ? 1 : 0,
  });
}

/** Starts the uploads that may be; says why the others may not. */
export function addFiles(files: Iterable<File>, ui: Ui): void {
  const { chat, words } = ui;
  const limits = chat.state.site.attachments;
  for (const file of files) {
    const problem = fileProblem(file, limits);
    if (chat.state.uploads.length >= FILES_MAX) {
      return ui.notice(words.say("file_too_many", { n: words.number(FILES_MAX) }));
    }
    if (problem) {
      const size = fileSize(limits.bytes_max, words);
      ui.notice(words.say(problem, { name: file.name, size }));
    } else {
      chat.upload(file);
    }
  }
}

export function uploadElement(upload: Upload, { chat, words }: Ui): HTMLElement {
  const { file, state, progress } = upload;
  const percent = words.number(progress, { style: "percent" });
  const about =
    state === "uploading"
      ? words.say("uploading", { percent })
      : state === "failed"
        ? words.say("file_failed", { name: file.name })
        : fileSize(file.size, words);
  return h(
    "div",
    { class: "sw-at up", "data-state": state },
    h("i", {}, icon(state === "failed" ? "alert" : "file")),
    h(
      "span",
      {},
      h("b", { dir: "auto" }, file.name),
      h("span", { class: "sw-s" }, about),
      state === "uploading" && h("progress", { value: progress, max: 1, "aria-label": file.name }),
    ),
    state === "failed" &&
      h(
        "button",
        { type: "button", class: "sw-a", onclick: () => upload.retry() },
        words.say("retry"),
      ),
    iconButton("close", words.say("remove", { name: file.name }), {
      onclick: () => chat.removeUpload(upload),
    }),
  );
}
