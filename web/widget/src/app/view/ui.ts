// What every view is given.
import type { Chat } from "../model/chat.ts";
import type { Keeper } from "../net/keep.ts";
import type { Words } from "../locale/index.ts";

export interface Ui {
  chat: Chat;
  words: Words;
  keeper: Keeper;
  close(): void;
  /** Whether answers come without a sound. */
  isMuted(): boolean;
  mute(isMuted: boolean): void;
  /** Says something once, in the panel and aloud. */
  notice(text: string): void;
  /** Shows a sheet over the panel. */
  openSheet(sheet: HTMLElement): void;
  closeSheet(): void;
  /** The visitor is nobody again: begin from the start. */
  forgotten(): void;
}
