// The conversation that is open: what was said, and what is being sent.
import { api, Problem, reason, total, type Attachment, type Message } from "../api/client.ts";
import { drafts, type Mode } from "./drafts.svelte.ts";
import { inbox } from "./inbox.svelte.ts";
import { route } from "./route.svelte.ts";
import { team } from "./team.svelte.ts";

const PAGE = 100;
/** How far back a message is looked for. */
const PAGES_MAX = 50;
/** A thread that is passed over by keyboard stays unread. */
const READ_AFTER_MS = 700;
const CONFLICT = 409;

/** What the reader sent, until the server has it. */
export interface Sending {
  clientId: string;
  body: string;
  mode: Mode;
  files: Attachment[];
  /** Whom a note names. */
  mentions: string[];
  /** What is to be done once it is sent. */
  after?: (() => void) | undefined;
  problem?: string;
  /** Somebody answered since: sending it takes a second word. */
  isOvertaken?: boolean;
}

class Thread {
  id = $state<string>();
  messages = $state<Message[]>([]);
  sending = $state<Sending[]>([]);
  isLoading = $state(false);
  problem = $state<unknown>();
  earlier = $state(0);
  typing = $state<string>();
  viewers = $state<Record<string, string | null>>({});
  #typingTimer = 0;
  #readTimer = 0;
  #isLeftUnread = false;

  async open(id: string | undefined): Promise<void> {
    if (id === this.id) return;
    this.id = id;
    this.messages = [];
    this.sending = [];
    this.typing = undefined;
    this.#isLeftUnread = false;
    clearTimeout(this.#readTimer);
    if (id) await this.load(id);
  }

  async load(id: string): Promise<void> {
    this.isLoading = true;
    this.problem = undefined;
    try {
      const [first] = await Promise.all([this.#page(id, 1), inbox.find(id) ?? inbox.fetch(id)]);
      const pages = Math.ceil(total(first) / PAGE);
      const last = pages < 2 ? first : await this.#page(id, pages);
      if (this.id !== id) return;
      this.messages = last.data;
      this.earlier = Math.max(0, pages - 1);
      this.#readSoon(id);
      await this.#reach(id, route.query.get("m"));
    } catch (error) {
      if (this.id === id) this.problem = error;
    } finally {
      this.isLoading = false;
    }
  }

  /** Goes back until a message is there, which somebody has looked for. */
  async #reach(id: string, message: string | null): Promise<void> {
    const isThere = () => this.messages.some((one) => one.id === message);
    for (let page = 0; message && this.id === id && page < PAGES_MAX; page += 1) {
      if (isThere() || !this.earlier) return;
      await this.showEarlier();
    }
  }

  async showEarlier(): Promise<void> {
    const { id, earlier } = this;
    if (!id || !earlier) return;
    const page = await this.#page(id, earlier);
    if (this.id !== id) return;
    this.messages = [...page.data, ...this.messages];
    this.earlier = earlier - 1;
  }

  #page(id: string, page: number) {
    const query = { page, per_page: PAGE, include_notes: true };
    return api("get", "/v1/conversations/{id}/messages", { id, query });
  }

  /** A message that is new, or has changed. */
  put(message: Message): void {
    if (message.conversation_id !== this.id) return;
    const place = this.messages.findIndex(({ id }) => id === message.id);
    if (place < 0) this.messages.push(message);
    else this.messages[place] = message;
    const sent = this.sending.find(({ clientId }) => clientId === message.client_id);
    if (sent) this.discard(sent);
    if (message.type === "visitor") this.typing = undefined;
    this.#readSoon(message.conversation_id);
  }

  hearTyping(name: string, seconds: number): void {
    this.typing = name;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = window.setTimeout(() => (this.typing = undefined), seconds * 1000);
  }

  send(words: Omit<Sending, "clientId">): void {
    const one: Sending = { ...words, clientId: crypto.randomUUID?.() ?? fallbackId() };
    this.sending.push(one);
    void this.post(one);
  }

  /** Sends it, or sends it again: it has one name, so it is one message. */
  async post(one: Sending, anyway?: "anyway"): Promise<void> {
    const id = this.id;
    if (!id) return;
    this.#mark(one, {});
    const newest = this.messages.findLast(({ number }) => number)?.number;
    const guard = one.mode === "reply" && !anyway && newest ? { if_last_number: newest } : {};
    const type = one.mode === "note" ? "note" : "operator";
    try {
      const body = {
        body: one.body,
        type,
        client_id: one.clientId,
        attachments: one.files.map((file) => file.id),
        mentions: one.mentions,
        ...guard,
      };
      const { data } = await api("post", "/v1/conversations/{id}/messages", { id, body });
      this.put(data);
      one.after?.();
    } catch (error) {
      const isUnsent =
        this.id !== id || this.sending.some(({ clientId }) => clientId === one.clientId);
      if (!isUnsent) return; // the answer was lost, and the log told that it arrived
      const isOvertaken = error instanceof Problem && error.status === CONFLICT;
      this.#mark(one, { problem: reason(error), ...(isOvertaken && { isOvertaken }) });
      // It outlives the tab as a draft, unless another was begun.
      if (!drafts.text(id, one.mode)) drafts.type(id, one.mode, one.body);
    }
  }

  /** Neither to be sent any more, nor kept as a draft. */
  discard(one: Sending): void {
    if (this.id && drafts.text(this.id, one.mode) === one.body) drafts.clear(this.id, one.mode);
    this.sending = this.sending.filter(({ clientId }) => clientId !== one.clientId);
  }

  #mark(one: Sending, state: Pick<Sending, "problem" | "isOvertaken">): void {
    const { clientId, body, mode, files, mentions, after } = one;
    const place = this.sending.findIndex((known) => known.clientId === clientId);
    if (place >= 0)
      this.sending[place] = { clientId, body, mode, files, mentions, after, ...state };
  }

  /** It stays unread until it is opened again. */
  leaveUnread(): void {
    clearTimeout(this.#readTimer);
    this.#isLeftUnread = true;
  }

  #readSoon(id: string): void {
    clearTimeout(this.#readTimer);
    if (this.#isLeftUnread) return;
    this.#readTimer = window.setTimeout(() => {
      if (this.id !== id || document.hidden) return;
      if (!inbox.find(id)?.unread_count) return;
      inbox.markRead(id);
      const body = { operator_id: team.me };
      void api("post", "/v1/conversations/{id}/read", { id, body }).catch(() => inbox.look(id));
    }, READ_AFTER_MS);
  }
}

/** Plain http on another machine's address has no randomUUID. */
function fallbackId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    "",
  );
}

export const thread = new Thread();
