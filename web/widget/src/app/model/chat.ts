// The chat itself: what happened, and what the visitor may do. It knows no element.
import type { EventFrame, NoteFrame, Signal, State as LiveState } from "@switchboard/realtime";
import type { Page, Stored, ToHost } from "../../shared/protocol.ts";
import { ApiError, type Api } from "../net/api.ts";
import type { Keeper } from "../net/keep.ts";
import type { Connection, Hearing } from "../net/shared-live.ts";
import { startUpload, type Upload } from "../net/upload.ts";
import { Outbox, type Outcome, type Outgoing } from "./outbox.ts";
import { isClosed, type ChatState } from "./state.ts";
import { Thread } from "./thread.ts";
import type { Attachment, Conversation, Init, Message, Visitor } from "./wire.ts";

/** What the page around the chat is told. */
type Told = Pick<ToHost, "event">;

interface Parts {
  api: Api;
  keeper: Keeper;
  /** Listens for this visitor; called again after another one took the place. */
  listen(visitor: string, since: number, hearing: Hearing): Connection;
  tell<Type extends keyof Told>(type: Type, value: Told[Type]): void;
  /** What the page keeps for this visitor. */
  store(change: Stored): void;
  /** Makes the sound of an answer. */
  chime(): void;
  changed(): void;
  isVisible(): boolean;
  freshId(): string;
}

const TYPING_MS = 6000;
const PAGE_SIZE = 50;
const INIT_RETRY_MS = 4000;
const READ_WAIT_MS = 400;

export class Chat {
  readonly state: ChatState;
  #parts: Parts;
  #outbox: Outbox;
  #connection: Connection | undefined;
  #locale = "";
  #identity: unknown;
  #typingTimer = 0;
  #readTimer = 0;
  #openingTimer = 0;
  #readNumber = 0;
  /** How many events told of a conversation: an answer that was asked for before knows less than they. */
  #conversationsTold = 0;
  #hasVoidedToken = false;

  constructor(parts: Parts, start: Pick<ChatState, "site" | "page">) {
    this.#parts = parts;
    this.state = {
      site: start.site,
      page: start.page,
      phase: "loading",
      visitor: null,
      team: null,
      conversation: null,
      thread: null,
      outgoing: [],
      uploads: [],
      live: "connecting",
      typing: null,
      unread: 0,
      isOpen: false,
      isBeginning: false,
      isLoadingEarlier: false,
      answer: null,
    };
    this.#outbox = new Outbox({
      load: () => parts.keeper.kept.outbox,
      save: (items) => parts.keeper.setOutbox(items),
      send: (item) => this.#send(item),
      changed: () => this.#outboxChanged(),
      after(milliseconds, task) {
        const timer = setTimeout(task, milliseconds);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    });
    this.state.outgoing = this.#outbox.items;
  }

  /** Asks the server who this is and what was said. */
  async init(locale = this.#locale): Promise<void> {
    this.#locale = locale;
    const { page } = this.state;
    const identity = this.#identity;
    const body = {
      page,
      locale: this.#locale,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      identity: isProof(identity) ? identity : undefined,
    };
    try {
      const answer = await this.#parts.api.post<{ data: Init }>("init", body);
      this.#begin(answer.body.data);
      if (this.#identity === identity) this.#identity = undefined;
      if (identity && !isProof(identity)) void this.#label(identity);
    } catch (error) {
      this.#initFailed(error);
    }
    this.#parts.changed();
  }

  say(body: string, form: { fields?: Record<string, string>; consent?: string } = {}): void {
    const attachments = this.state.uploads.map((one) => one.attachment).filter((one) => !!one);
    const text = body.trim();
    if (!text && attachments.length === 0) return;
    const { conversation, answer } = this.state;
    const isGoingOn = conversation && !isClosed(this.state) && !this.state.isBeginning;
    this.state.uploads = [];
    this.#outbox.add({
      clientId: this.#parts.freshId(),
      body: text,
      conversationId: isGoingOn ? conversation.id : null,
      attachments,
      at: new Date().toISOString(),
      ...(form.fields && { preChat: form.fields }),
      ...(form.consent && { consentVersion: form.consent }),
      ...(answer && !isGoingOn && { triggerId: answer.id }),
    });
    if (form.fields) this.#parts.tell("event", { name: "lead", detail: form.fields });
  }

  retry(clientId: string): void {
    this.#outbox.retry(clientId);
  }

  discard(clientId: string): void {
    this.#outbox.remove(clientId);
  }

  upload(file: File): void {
    const { api, changed } = this.#parts;
    const upload = startUpload(
      file,
      api.url("attachments", { name: file.name }),
      api.headers(),
      changed,
    );
    this.state.uploads = [...this.state.uploads, upload];
    changed();
  }

  removeUpload(upload: Upload): void {
    upload.cancel();
    this.state.uploads = this.state.uploads.filter((one) => one !== upload);
    this.#parts.changed();
  }

  typing(): void {
    const { conversation } = this.state;
    if (conversation && !isClosed(this.state)) {
      this.#signal({ type: "typing", conversation_id: conversation.id });
    }
  }

  visit(page: Page): void {
    this.state.page = page;
    this.#signal({ type: "page", url: page.url, title: page.title });
  }

  setOpen(isOpen: boolean): void {
    this.state.isOpen = isOpen;
    this.#connection?.wake();
    this.seen();
    this.#parts.changed();
  }

  /** Tries at once what was waiting, for example because the line or the visitor is back. */
  wake(): void {
    this.#connection?.wake();
    this.#outbox.flush();
    this.seen();
  }

  /** Whoever signs in here may be somebody else: then everything begins anew. */
  async identify(identity: unknown): Promise<void> {
    this.#identity = identity;
    if (this.state.phase !== "loading") await this.init();
  }

  /** What the page says of the visitor without a proof: a label, which changes nobody's place. */
  async #label(label: unknown): Promise<void> {
    try {
      const { body } = await this.#parts.api.post<{ data: Partial<Visitor> }>("identify", label);
      if (this.state.visitor) Object.assign(this.state.visitor, body.data);
    } catch (error) {
      this.#parts.tell("event", { name: "error", detail: String(error) });
    }
    this.#parts.changed();
  }

  setAnswer(answer: ChatState["answer"]): void {
    this.state.answer = answer;
    this.#parts.changed();
  }

  begin(): void {
    this.state.isBeginning = true;
    this.state.answer = null;
    this.#parts.changed();
  }

  async rate(score: number, comment?: string): Promise<void> {
    await this.#act("rate", { score, ...(comment && { comment }) });
  }

  async end(): Promise<void> {
    await this.#act("close", {});
  }

  async transcript(): Promise<void> {
    await this.#parts.api.post("transcript", { conversation_id: this.state.conversation?.id });
  }

  async forget(): Promise<void> {
    await this.#parts.api.post("forget", {});
    this.leave();
  }

  /** Lets go of everything that belongs to this visitor. */
  leave(): void {
    this.#outbox.clear();
    this.#parts.keeper.forget();
    this.#connection?.close();
    this.#connection = undefined;
  }

  async loadEarlier(): Promise<void> {
    const { thread } = this.state;
    if (!thread?.hasEarlier || this.state.isLoadingEarlier) return;
    this.state.isLoadingEarlier = true;
    this.#parts.changed();
    try {
      await this.#fetch(thread, { before: thread.firstNumber });
    } finally {
      this.state.isLoadingEarlier = false;
      this.#parts.changed();
    }
  }

  /** Seen is: open, visible, and at hand. The server is told once the visitor has had time to look. */
  seen(): void {
    const { thread, isOpen } = this.state;
    if (!thread || !isOpen || !this.#parts.isVisible()) return;
    if (this.state.unread === 0 && this.#readNumber >= thread.lastNumber) return;
    this.#setUnread(0);
    clearTimeout(this.#readTimer);
    this.#readTimer = setTimeout(() => this.#tellRead(thread), READ_WAIT_MS) as unknown as number;
  }

  #tellRead(thread: Thread): void {
    const number = thread.lastNumber;
    if (number <= this.#readNumber) return;
    this.#readNumber = number;
    this.#parts.api
      .post("read", { conversation_id: thread.conversationId, number })
      .catch(() => (this.#readNumber = 0));
  }

  #begin(init: Init): void {
    const { state } = this;
    const { api, keeper, store } = this.#parts;
    if (init.token) {
      api.token = init.token;
      store({ token: init.token });
    }
    const isOther = state.visitor !== null && state.visitor.id !== init.visitor.id;
    if (!keeper.belongTo(init.visitor.id) || isOther) this.#outbox.clear();
    const { visitor, site, team, conversation } = init;
    if (isOther) Object.assign(state, { thread: null, isBeginning: false, answer: null });
    Object.assign(state, { visitor, site, team, conversation, phase: "ready" });
    this.#planOpening();
    if (conversation) this.#takeIn(this.#threadOf(conversation), init.messages);
    this.#setUnread(init.unread_count);
    this.#connection?.close();
    this.#connection = this.#parts.listen(init.visitor.id, init.seq, this.#hearing());
    this.#outbox.flush();
    this.seen();
  }

  #initFailed(error: unknown): void {
    const { api } = this.#parts;
    if (error instanceof ApiError && error.status === 401 && api.token && !this.#hasVoidedToken) {
      // The token is void, for example after a reset elsewhere: begin as a new visitor, once.
      this.#hasVoidedToken = true;
      api.token = null;
      void this.init();
      return;
    }
    if (this.state.phase === "ready") return;
    const isFinal = error instanceof ApiError && error.isFinal;
    this.state.phase = isFinal ? "refused" : "failed";
    this.#parts.tell("event", { name: "error", detail: String(error) });
    if (!isFinal) setTimeout(() => void this.init(), INIT_RETRY_MS);
  }

  #hearing(): Hearing {
    return {
      onEvent: (event) => this.#happened(event),
      onNote: (note) => this.#noted(note),
      onState: (state) => this.#liveChanged(state),
      onResync: () => void this.#refetch(),
    };
  }

  #liveChanged(live: LiveState): void {
    const was = this.state.live;
    this.state.live = live;
    if (live === "live" && was !== "live") this.#outbox.flush();
    // Someone else made the token void: ask again who this is.
    if (live === "refused" && was !== "refused") void this.init();
    this.#parts.changed();
  }

  #happened({ type, data }: EventFrame): void {
    if (type.startsWith("message.")) this.#messageHappened(type, data);
    if (type.startsWith("conversation.")) {
      this.#conversationsTold += 1;
      this.#conversationHappened((data["conversation"] ?? data) as unknown as Conversation);
    }
    if (type === "visitor.updated" && this.state.visitor) {
      Object.assign(this.state.visitor, data["visitor"] ?? data);
    }
    this.#parts.changed();
  }

  #messageHappened(type: string, data: Record<string, unknown>): void {
    const message = (data["message"] ?? data) as unknown as Message;
    const { thread } = this.state;
    if (type === "message.read") {
      const at = message.read_at ?? new Date().toISOString();
      if (thread?.conversationId === message.conversation_id) thread.markRead(message.number, at);
      return;
    }
    if (thread?.conversationId === message.conversation_id) this.#takeIn(thread, [message]);
    else if (type === "message.created") void this.#refetch();
    if (type !== "message.created") return;
    if (message.type === "operator" || message.type === "bot") this.#received(message);
  }

  #received(message: Message): void {
    this.state.typing = null;
    this.#setUnread(this.state.unread + 1);
    this.#parts.tell("event", { name: "message", detail: { body: message.body } });
    // Of all tabs one makes the sound, and none if the visitor is looking.
    const isLooking = this.state.isOpen && this.#parts.isVisible();
    if (this.#connection?.isLeading && !isLooking) this.#parts.chime();
    this.seen();
  }

  #conversationHappened(conversation: Conversation): void {
    const { state } = this;
    const isNewer = !state.conversation || conversation.created_at >= state.conversation.created_at;
    if (!conversation.id || !isNewer) return;
    const isOther = state.conversation?.id !== conversation.id;
    state.conversation = conversation;
    if (conversation.status !== "closed") state.isBeginning = false;
    this.#threadOf(conversation);
    if (isOther && conversation.messages_count > 0) void this.#refetch();
  }

  #noted(note: NoteFrame): void {
    const { state } = this;
    if (note.type === "presence" && typeof note["team"] === "object" && state.team) {
      Object.assign(state.team, note["team"]);
    }
    if (note.type === "typing" && note["conversation_id"] === state.conversation?.id) {
      const by = note["by"] as { kind?: string; name?: string | null } | undefined;
      if (by?.kind === "visitor") return;
      state.typing = { name: by?.name ?? "", conversationId: String(note["conversation_id"]) };
      clearTimeout(this.#typingTimer);
      const forMs = Number(note["expires_s"]) * 1000 || TYPING_MS;
      this.#typingTimer = setTimeout(() => {
        state.typing = null;
        this.#parts.changed();
      }, forMs) as unknown as number;
    }
    this.#parts.changed();
  }

  #threadOf(conversation: Conversation): Thread {
    if (this.state.thread?.conversationId !== conversation.id) {
      this.state.thread = new Thread(conversation.id);
      this.#readNumber = 0;
    }
    return this.state.thread as Thread;
  }

  /** Takes messages in, and fetches what is missing between them. */
  #takeIn(thread: Thread, messages: readonly Message[]): void {
    const isFirst = thread.messages.length === 0;
    thread.merge(messages);
    if (isFirst) thread.hasEarlier = thread.messages.length > 0 && thread.firstNumber > 1;
    for (const message of messages) if (message.client_id) this.#outbox.remove(message.client_id);
    const hole = thread.hole();
    if (hole !== undefined) void this.#fetch(thread, { after: hole }).catch(() => undefined);
  }

  async #fetch(thread: Thread, where: { after: number } | { before: number }): Promise<void> {
    const { data, has_more } = await this.#parts.api.get<{ data: Message[]; has_more: boolean }>(
      "messages",
      { conversation_id: thread.conversationId, limit: PAGE_SIZE, ...where },
    );
    const before = thread.messages.length;
    if ("before" in where) thread.hasEarlier = has_more;
    thread.merge(data);
    const missing = thread.hole() ?? (has_more && "after" in where ? thread.lastNumber : undefined);
    // What an answer did not bring is the server's to explain, not to be asked for in a circle.
    if (missing !== undefined && thread.messages.length > before) {
      await this.#fetch(thread, { after: missing });
    }
    this.#parts.changed();
  }

  /** What was missed cannot be told one by one: everything is asked anew. */
  async #refetch(): Promise<void> {
    const told = this.#conversationsTold;
    try {
      const { data } = await this.#parts.api.get<{ data: Conversation[] }>("conversations");
      const [newest] = data;
      if (!newest) return;
      const thread = this.#threadOf(newest);
      const isKnown = this.state.conversation?.id === newest.id;
      if (!isKnown || told === this.#conversationsTold) this.state.conversation = newest;
      const isEmpty = thread.lastNumber === 0;
      const where = isEmpty ? { before: newest.messages_count + 1 } : { after: thread.lastNumber };
      await this.#fetch(thread, where);
      this.seen();
    } catch {
      // The next resync or reconnect asks again.
    }
    this.#parts.changed();
  }

  async #send(item: Outgoing): Promise<Outcome> {
    if (!this.state.visitor) return { kind: "later" };
    const told = this.#conversationsTold;
    try {
      const { body } = await this.#parts.api.post<{ data: Sent } & Sent>("messages", {
        client_id: item.clientId,
        body: item.body,
        conversation_id: item.conversationId ?? undefined,
        attachments: item.attachments.map((one: Attachment) => one.id),
        pre_chat: item.preChat,
        consent_version: item.consentVersion,
        page: { url: this.state.page.url, title: this.state.page.title },
        trigger_id: item.triggerId,
      });
      const sent: Sent = body.data ?? body;
      const isKnown = this.state.conversation?.id === sent.conversation.id;
      if (!isKnown || told === this.#conversationsTold) {
        this.#conversationHappened(sent.conversation);
      }
      this.#takeIn(this.#threadOf(sent.conversation), [sent.message]);
      return { kind: "sent" };
    } catch (error) {
      // The visitor was reset elsewhere: whoever is here now is somebody new.
      if (error instanceof ApiError && error.status === 401) void this.init();
      if (error instanceof ApiError && error.isFinal) {
        return { kind: "refused", reason: error.message || "refused" };
      }
      return { kind: "later", afterMs: error instanceof ApiError ? error.retryAfterMs : 0 };
    }
  }

  async #act(path: "rate" | "close", body: Record<string, unknown>): Promise<void> {
    const { conversation } = this.state;
    if (!conversation) return;
    const answer = await this.#parts.api.post<{ data: Conversation }>(path, {
      conversation_id: conversation.id,
      ...body,
    });
    this.#conversationHappened(answer.body.data);
    this.#parts.changed();
  }

  #outboxChanged(): void {
    this.state.outgoing = this.#outbox.items;
    this.#parts.changed();
  }

  #setUnread(count: number): void {
    if (count === this.state.unread) return;
    this.state.unread = count;
    this.#parts.changed();
  }

  #signal(signal: Signal): void {
    this.#connection?.signal(signal);
  }

  /** The doors open while the chat is on the screen: nobody has to reload for it. */
  #planOpening(): void {
    clearTimeout(this.#openingTimer);
    const { site } = this.state;
    if (site.is_open || !site.next_open_at) return;
    const wait = Date.parse(site.next_open_at) - Date.now();
    if (wait > 0 && wait < DAY_MS) {
      this.#openingTimer = setTimeout(() => void this.init(), wait) as unknown as number;
    }
  }
}

const DAY_MS = 86_400_000;

/** A signed token, or an id with its hash; anything else only says so. */
function isProof(identity: unknown): boolean {
  const isHash = typeof identity === "object" && identity !== null && "user_hash" in identity;
  return typeof identity === "string" || isHash;
}

interface Sent {
  message: Message;
  conversation: Conversation;
}
