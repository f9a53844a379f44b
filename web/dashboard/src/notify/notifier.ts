// Tells of news: a line in the tab that is looked at; a sound and a notification of the system from
// one tab of all.
import type { EventFrame } from "@switchboard/realtime";
import { chime } from "../../../chime.ts";
import { api, type Conversation } from "../api/client.ts";
import { nameOf } from "../desk/face.ts";
import { inbox } from "../desk/inbox.svelte.ts";
import { live } from "../desk/live.svelte.ts";
import { notice } from "../desk/notice.svelte.ts";
import { href, route } from "../desk/route.svelte.ts";
import { team } from "../desk/team.svelte.ts";
import { t } from "../locale/say.ts";
import { badge } from "./badge.svelte.ts";
import { chosen, isQuiet, type Occasion } from "./choices.ts";
import { happeningOf, occasionOf, type Happening } from "./occasion.ts";
import { isHere, Tabs } from "./tabs.ts";

const WORDS_MAX = 140;
/** More at once is one piece of news. */
const SOUND_EVERY_MS = 2_000;

class Notifier {
  #tabs = new Tabs();
  /** What is on the screen of the system, by conversation. */
  #open = new Map<string, Notification>();
  #soundAt = 0;

  start(): void {
    this.#tabs.start();
    badge.start();
    live.attend({
      event: (event) => {
        if (event.type === "conversation.read") this.#read(event);
        else void this.#hear(event).catch(() => undefined); // gone, or not ours to see
      },
    });
  }

  async #hear(event: EventFrame): Promise<void> {
    const self = { id: team.me, name: team.account?.operator.name ?? "" };
    const happening = happeningOf(event, self);
    if (!happening || (await isOwn(happening))) return;
    const conversation = await inbox.fetch(happening.conversation);
    const occasion = occasionOf(happening, conversation, self);
    if (occasion) await this.#tell(occasion, conversation);
  }

  async #tell(occasion: Occasion, conversation: Conversation): Promise<void> {
    const choices = chosen();
    const ways = choices.ways[occasion];
    const { id } = conversation;
    const isShown = isHere() && route.conversation === id;
    if (!isHere()) badge.add(id);
    if (isHere() && !isShown && ways.includes("line"))
      notice.tell(titleOf(occasion, conversation), {
        label: t("Open"),
        run: () => route.to(href("all", id)),
      });
    if (!this.#tabs.isNotifier || isShown || isQuiet(choices, new Date())) return;
    if (choices.isOnlyAway && (await this.#tabs.isLookedAt())) return;
    if (ways.includes("sound")) this.#sound(choices.volume);
    if (ways.includes("system")) this.#show(occasion, conversation, choices.hasWords);
  }

  #sound(volume: number): void {
    const now = performance.now();
    if (this.#soundAt && now - this.#soundAt < SOUND_EVERY_MS) return;
    this.#soundAt = now;
    chime(volume);
  }

  #show(occasion: Occasion, conversation: Conversation, hasWords: boolean): void {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const { id, last_message } = conversation;
    const words = hasWords ? (last_message?.body ?? "").slice(0, WORDS_MAX) : "";
    // The newest of a conversation takes the place of the one before.
    const shown = new Notification(titleOf(occasion, conversation), { tag: id, body: words });
    shown.onclick = () => {
      window.focus();
      route.to(href("all", id));
      shown.close();
    };
    shown.onclose = () => this.#open.delete(id);
    this.#open.set(id, shown);
  }

  /** What was read here or on another device is no news any more. */
  #read({ data }: EventFrame): void {
    if (data["operator_id"] !== team.me) return;
    const id = String(data["conversation_id"]);
    this.#open.get(id)?.close();
    badge.take(id);
  }
}

/** Whether whoever sits here did it: of that nobody is told. */
async function isOwn({ occasion, conversation: id }: Happening): Promise<boolean> {
  if (occasion !== "assigned") return false;
  const { data } = await api("get", "/v1/conversations/{id}/assignment", { id });
  return data[0]?.assigned_by === team.me;
}

function titleOf(occasion: Occasion, conversation: Conversation): string {
  const name = nameOf(conversation);
  switch (occasion) {
    case "message":
      return t("{name} wrote", { name });
    case "unassigned":
      return t("{name} waits for somebody", { name });
    case "assigned":
      return t("{name} was given to you", { name });
    case "mention":
      return t("You are named in a note about {name}", { name });
  }
}

export const notifier = new Notifier();
