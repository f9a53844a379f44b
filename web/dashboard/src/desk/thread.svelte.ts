// The conversation that is open: what was said, and what is being sent.
import { api, Problem, total, type Message } from "../api/client.ts";
import { cache } from "./cache.ts";
import { inbox } from "./inbox.svelte.ts";
import { outbox } from "./outbox.svelte.ts";
import { route } from "./route.svelte.ts";
import { team } from "./team.svelte.ts";

const PAGE = 100;
/** How far back a message is looked for. */
const PAGES_MAX = 50;
/** A thread that is passed over by keyboard stays unread. */
const READ_AFTER_MS = 700;

class Thread {
  id = $state<string>();
  messages = $state<Message[]>([]);
  isLoading = $state(false);
  problem = $state<unknown>();
  earlier = $state(0);
  typing = $state<string>();
  viewers = $state<Record<string, string | null>>({});
  #typingTimer = 0;
  #readTimer = 0;
  #isLeftUnread = false;
  /** What was told while the server was asked: its answer may be older. */
  #meanwhile: Message[] = [];
  /** Whether the server could not be asked for it. */
  #isOld = false;

  async open(id: string | undefined): Promise<void> {
    if (id === this.id) return;
    this.id = id;
    this.messages = [];
    this.typing = undefined;
    this.#isLeftUnread = false;
    clearTimeout(this.#readTimer);
    if (id) await this.load(id);
  }

  async load(id: string): Promise<void> {
    this.isLoading = true;
    this.problem = undefined;
    this.#meanwhile = [];
    const asked = Promise.all([newest(id), inbox.find(id) ?? inbox.fetch(id)]);
    asked.catch(() => undefined); // said below
    await this.#recall(id);
    try {
      const [{ messages, earlier }] = await asked;
      if (this.id !== id) return void cache.keepThread(id, messages, earlier);
      this.#isOld = false;
      this.messages = this.#meanwhile.reduce(withOne, messages);
      this.earlier = earlier;
      void cache.keepThread(id, $state.snapshot(this.messages), earlier);
      for (const { client_id } of messages) outbox.arrived(client_id);
      this.#readSoon(id);
      await this.#reach(id, route.query.get("m"));
    } catch (error) {
      if (this.id !== id) return;
      this.#isOld = true;
      // What is kept can be read until the server is there again: the foot of the desk says so.
      const isReadable = this.messages.length > 0 && error instanceof Problem && error.isPassing;
      if (!isReadable) this.problem = error;
    } finally {
      if (this.id === id) this.isLoading = false;
    }
  }

  /** Shows what this browser keeps, while the server is asked. */
  async #recall(id: string): Promise<void> {
    if (this.messages.length) return;
    const [kept, conversation] = await Promise.all([cache.thread(id), cache.conversation(id)]);
    if (this.id !== id || !this.isLoading || this.messages.length) return;
    if (kept) [this.messages, this.earlier] = [kept.messages, kept.earlier];
    if (conversation) inbox.recall(conversation);
  }

  /** Goes back until a message is there, which somebody has looked for. */
  async #reach(id: string, message: string | null): Promise<void> {
    const isThere = () => this.messages.some((one) => one.id === message);
    for (let page = 0; message && this.id === id && page < PAGES_MAX; page += 1) {
      if (isThere() || !this.earlier) return;
      await this.showEarlier();
    }
  }

  /** Asks the server for what it could not be asked for. */
  catchUp(): void {
    if (this.id && this.#isOld) void this.load(this.id);
  }

  async showEarlier(): Promise<void> {
    const { id, earlier } = this;
    if (!id || !earlier) return;
    const page = await pageOf(id, earlier);
    if (this.id !== id) return;
    this.messages = [...page.data, ...this.messages];
    this.earlier = earlier - 1;
  }

  /** A message that is new, or has changed. */
  put(message: Message): void {
    outbox.arrived(message.client_id);
    void cache.put(message);
    if (message.conversation_id !== this.id) return;
    if (this.isLoading) this.#meanwhile.push(message);
    this.messages = withOne(this.messages, message);
    if (message.type === "visitor") this.typing = undefined;
    this.#readSoon(message.conversation_id);
  }

  hearTyping(name: string, seconds: number): void {
    this.typing = name;
    clearTimeout(this.#typingTimer);
    this.#typingTimer = window.setTimeout(() => (this.typing = undefined), seconds * 1000);
  }

  /** The number of the newest message that is shown. */
  get newest(): number | undefined {
    return this.messages.findLast(({ number }) => number)?.number ?? undefined;
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

/** The same with a message that is new at its end, or has changed. */
function withOne(messages: Message[], message: Message): Message[] {
  const isThere = messages.some(({ id }) => id === message.id);
  if (!isThere) return [...messages, message];
  return messages.map((one) => (one.id === message.id ? message : one));
}

/** A page of what was said, the oldest first. */
function pageOf(id: string, page: number) {
  const query = { page, per_page: PAGE, include_notes: true };
  return api("get", "/v1/conversations/{id}/messages", { id, query });
}

/** The last page, and how many lie before it. */
export async function newest(id: string): Promise<{ messages: Message[]; earlier: number }> {
  const first = await pageOf(id, 1);
  const pages = Math.ceil(total(first) / PAGE);
  const last = pages < 2 ? first : await pageOf(id, pages);
  return { messages: last.data, earlier: Math.max(0, pages - 1) };
}

export const thread = new Thread();
