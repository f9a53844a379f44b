// What the server tells: every event has its place, and none is missed.
import { Realtime, type EventFrame, type NoteFrame, type State } from "@switchboard/realtime";
import type { Conversation, Message } from "../api/client.ts";
import { cache } from "./cache.ts";
import { inbox } from "./inbox.svelte.ts";
import { outbox } from "./outbox.svelte.ts";
import { team } from "./team.svelte.ts";
import { thread } from "./thread.svelte.ts";
import { t } from "../locale/say.ts";

const TYPING_S = 6;
const REMEMBER_AFTER_MS = 1000;

/** What a place that is open wants to be told besides. */
export interface Ear {
  event?(event: EventFrame): void;
  note?(note: NoteFrame): void;
  /** Something was missed: what is shown may be old. */
  anew?(): void;
}

class Live {
  state = $state<State>("connecting");
  #ears = new Set<Ear>();
  #realtime: Realtime | undefined;
  #viewed: string | null = null;
  #isRemembering = false;

  /** Begins where this browser left off: what it keeps is told what it missed. */
  async start(): Promise<void> {
    const since = await cache.seq();
    this.#realtime = new Realtime({
      since,
      url: new URL("/v1/realtime", location.href).href,
      signalUrl: "/v1/realtime/signal",
      onEvent: (event) => {
        this.#hear(event);
        for (const ear of this.#ears) ear.event?.(event);
        this.#remember();
      },
      onNote: (note) => {
        this.#note(note);
        for (const ear of this.#ears) ear.note?.(note);
      },
      onState: (state) => {
        this.state = state;
        if (state === "live") this.#arrived();
      },
      onResync: () => this.#resync(),
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#realtime?.wake();
    });
  }

  /** Tells `ear` what happens, until what is given back is called. */
  attend(ear: Ear): () => void {
    this.#ears.add(ear);
    return () => void this.#ears.delete(ear);
  }

  /** Tells the others what is being looked at. */
  view(conversation: string | null): void {
    this.#viewed = conversation;
    this.#realtime?.signal({ type: "viewing", conversation_id: conversation });
  }

  /** Tries to connect at once. */
  wake(): void {
    this.#realtime?.wake();
    outbox.flush();
  }

  type(conversation: string): void {
    this.#realtime?.signal({ type: "typing", conversation_id: conversation });
  }

  #arrived(): void {
    this.#remember();
    outbox.flush();
    inbox.catchUp();
    thread.catchUp();
    if (this.#viewed) this.view(this.#viewed);
  }

  /** Keeps how far all that is kept goes; once for many events. */
  #remember(): void {
    if (this.#isRemembering) return;
    this.#isRemembering = true;
    setTimeout(() => {
      this.#isRemembering = false;
      const seq = this.#realtime?.known;
      if (seq !== undefined) void cache.keepSeq(seq);
    }, REMEMBER_AFTER_MS);
  }

  /** Too much was missed: what is kept is not to be trusted. */
  #resync(): void {
    void cache.doubt();
    this.#anew();
  }

  #anew(): void {
    void inbox.load();
    if (thread.id) void thread.load(thread.id);
    for (const ear of this.#ears) ear.anew?.();
  }

  #hear({ type, data }: EventFrame): void {
    const [subject] = type.split(".");
    if (subject === "message" || subject === "note" || subject === "line") {
      if (type === "message.read") return this.#readBy(data);
      const message = data as unknown as Message;
      thread.put(message);
      inbox.look(message.conversation_id);
    } else if (type === "conversation.read") {
      if (data["operator_id"] === team.me) inbox.look(String(data["conversation_id"]));
    } else if (subject === "conversation") {
      inbox.look((data as unknown as Conversation).id);
    } else if (subject === "operator") {
      void team.load().catch(() => undefined); // names stay as they were
    }
  }

  #readBy(data: EventFrame["data"]): void {
    if (data["conversation_id"] !== thread.id || data["by"] !== "visitor") return;
    const read_at = String(data["at"]);
    thread.messages = thread.messages.map((message) =>
      !message.read_at && Number(message.number) <= Number(data["number"])
        ? { ...message, read_at }
        : message,
    );
  }

  #note(note: NoteFrame): void {
    if (note.type === "viewing") {
      const { id } = note["operator"] as { id: string };
      thread.viewers = { ...thread.viewers, [id]: note["conversation_id"] as string | null };
    } else if (note.type === "typing" && note["conversation_id"] === thread.id) {
      const by = note["by"] as { kind: string; name?: string | null };
      if (by.kind === "visitor") thread.hearTyping(by.name ?? t("Visitor"), TYPING_S);
    }
  }
}

export const live = new Live();
