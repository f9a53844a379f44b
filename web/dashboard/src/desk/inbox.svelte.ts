// The list of conversations. Its order is the server's at the time it was asked: what comes later
// waits until the reader asks for it, so that nothing moves under the cursor.
import { SvelteMap } from "svelte/reactivity";
import { api, Problem, total, type Conversation } from "../api/client.ts";
import { cache } from "./cache.ts";
import { notice } from "./notice.svelte.ts";
import type { paths } from "../api/schema.d.ts";
import { route, VIEWS, type View } from "./route.svelte.ts";
import { saved, type Filter as SavedFilter } from "./saved.svelte.ts";
import { team } from "./team.svelte.ts";

const PAGE = 50;
const COUNTED: View[] = VIEWS.filter((view) => view !== "closed" && view !== "spam");
const COUNT_AFTER_MS = 600;
const LOOK_AFTER_MS = 120;

type Filter = NonNullable<paths["/v1/conversations"]["get"]["parameters"]["query"]>;

const OPEN: Filter = { status: "open", snoozed: false, spam: false };

/** What a view asks for. */
function filter(view: View): Filter {
  switch (view) {
    case "mine":
      return { ...OPEN, assigned_to: team.me };
    case "unassigned":
      return { ...OPEN, assigned_to: "none" };
    case "all":
      return OPEN;
    case "mentions":
      return { mentions: team.me };
    case "drafts":
      return { drafted_by: team.me };
    case "snoozed":
      return { status: "open", snoozed: true, spam: false };
    case "spam":
      return { spam: true };
    case "closed":
      return { status: "closed", spam: false };
    default: {
      const kept = (saved.view(view)?.filter ?? {}) as SavedFilter;
      const assigned_to = kept.assigned_to === "me" ? team.me : kept.assigned_to;
      return { ...kept, ...(assigned_to && { assigned_to }), spam: false } as Filter;
    }
  }
}

/** Whether the server would show it in this view. */
export function belongs(conversation: Conversation, view: View): boolean {
  const wanted = filter(view);
  if (wanted.mentions || wanted.drafted_by) return false; // the conversation does not tell
  const { status, snoozed, spam, assigned_to, tag, channel, priority } = wanted;
  const isTagged = (name: string) =>
    conversation.tags.some((known) => known.toLowerCase() === name.toLowerCase());
  return (
    (!status || conversation.status === status) &&
    (snoozed === undefined || snoozed === null || conversation.is_snoozed === snoozed) &&
    (spam === undefined || spam === null || conversation.is_spam === spam) &&
    (!assigned_to || (conversation.assigned_to ?? "none") === assigned_to) &&
    (!tag || isTagged(tag)) &&
    (!channel || conversation.channel === channel) &&
    (!priority || conversation.priority === priority)
  );
}

class Inbox {
  #known = new SvelteMap<string, Conversation>();
  #ids = $state<string[]>([]);
  #fresh = $state<string[]>([]);
  #looks = new Map<string, number>();
  #countTimer = 0;
  /** Whose rows are shown, */
  #shown: View | undefined;
  /** and whether the server has not spoken yet. */
  #isRecalled = false;
  counts = $state<Partial<Record<View, number>>>({});
  isLoading = $state(false);
  hasMore = $state(false);
  problem = $state<unknown>();

  get rows(): Conversation[] {
    return this.#ids.flatMap((id) => this.#known.get(id) ?? []);
  }

  /** How many wait to be shown. */
  get freshCount(): number {
    return this.#fresh.length;
  }

  find(id: string | undefined): Conversation | undefined {
    return id ? this.#known.get(id) : undefined;
  }

  async load(view: View = route.view): Promise<void> {
    this.isLoading = true;
    this.problem = undefined;
    const asked = this.#page(view);
    asked.catch(() => undefined); // said below
    await this.#recall(view);
    try {
      const page = await asked;
      void cache.keepList(view, page.data);
      if (view !== route.view) return;
      this.#take(page.data, view);
      this.hasMore = page.pagination.has_more;
    } catch (error) {
      if (view !== route.view) return;
      // What is kept can be read until the server is there again: the foot of the desk says so.
      const isReadable = this.#shown === view && error instanceof Problem && error.isPassing;
      if (!isReadable) this.problem = error;
    } finally {
      if (view === route.view) this.isLoading = false;
    }
  }

  /** Shows what this browser keeps of a view, while the server is asked. */
  async #recall(view: View): Promise<void> {
    if (this.#shown === view) return;
    const kept = await cache.list(view);
    if (!kept?.length || view !== route.view || !this.isLoading) return;
    for (const one of kept) if (!this.#known.has(one.id)) this.#known.set(one.id, one);
    this.#ids = kept.map(({ id }) => id);
    this.#fresh = [];
    this.#shown = view;
    this.#isRecalled = true;
  }

  /** Takes what the server says. Rows that somebody points at stay where they are. */
  #take(rows: Conversation[], view: View): void {
    const ids = rows.map(({ id }) => id);
    const isHeld = this.#isRecalled && document.querySelector(".rows:hover, .rows:focus-within");
    this.#isRecalled = false;
    this.#shown = view;
    if (isHeld) {
      this.#ids = this.#ids.filter((id) => this.#isIn(id, view));
      this.#fresh = ids.filter((id) => !this.#ids.includes(id));
    } else {
      this.#ids = ids;
      this.#fresh = [];
    }
  }

  #isIn(id: string, view: View): boolean {
    const known = this.#known.get(id);
    return known !== undefined && belongs(known, view);
  }

  /** Asks the server for what it could not be asked for. */
  catchUp(): void {
    if (!this.#isRecalled && !this.problem) return;
    void this.load();
    this.count();
  }

  /** One that this browser keeps: whatever else is known of it is newer. */
  recall(conversation: Conversation): void {
    if (!this.#known.has(conversation.id)) this.#known.set(conversation.id, conversation);
  }

  async more(): Promise<void> {
    const view = route.view;
    if (!this.hasMore || this.isLoading) return;
    this.isLoading = true;
    await notice.attempt(async () => {
      const page = await this.#page(view, this.#ids.at(-1));
      if (view !== route.view) return;
      this.#ids = [...new Set([...this.#ids, ...page.data.map(({ id }) => id)])];
      this.hasMore = page.pagination.has_more;
    });
    this.isLoading = false;
  }

  async #page(view: View, after?: string) {
    const query: Filter = {
      ...filter(view),
      sort: "active",
      with_last_message: true,
      viewer_id: team.me,
      limit: PAGE,
      ...(after && { after }),
    };
    const page = await api("get", "/v1/conversations", { query });
    for (const conversation of page.data) this.#known.set(conversation.id, conversation);
    return page;
  }

  /** Fetches it anew; soon, and once for many reasons. */
  look(id: string): void {
    if (this.#looks.has(id)) return;
    const timer = window.setTimeout(() => {
      this.#looks.delete(id);
      void this.fetch(id).catch(() => undefined); // gone, or not ours to see: the row says what it knew
    }, LOOK_AFTER_MS);
    this.#looks.set(id, timer);
  }

  async fetch(id: string): Promise<Conversation> {
    const query = { viewer_id: team.me, with_last_message: true };
    const { data } = await api("get", "/v1/conversations/{id}", { id, query });
    this.put(data);
    return data;
  }

  /** A newer state of one. What only a list tells of it stays. */
  put(conversation: Conversation): void {
    const { id } = conversation;
    const before = this.#known.get(id);
    const unread_count = conversation.unread_count ?? before?.unread_count ?? 0;
    const last_message = conversation.last_message ?? before?.last_message;
    const now = { ...conversation, unread_count, ...(last_message && { last_message }) };
    this.#known.set(id, now);
    void cache.keepConversation(now);
    const isFresh = this.#isFresh(conversation, before);
    if (isFresh && !this.#fresh.includes(id)) this.#fresh = [...this.#fresh, id];
    if (!belongs(conversation, route.view)) this.#fresh = this.#fresh.filter((one) => one !== id);
    this.count();
  }

  /** Whether a list that is asked for now would show it further up. */
  #isFresh(conversation: Conversation, before: Conversation | undefined): boolean {
    const { id, last_message_at, last_message_by } = conversation;
    if (!belongs(conversation, route.view)) return false;
    const place = this.#ids.indexOf(id);
    if (place < 0) return true;
    const isNews = last_message_by === "visitor" && last_message_at !== before?.last_message_at;
    return isNews && place > 0 && id !== route.conversation;
  }

  markRead(id: string): void {
    const known = this.#known.get(id);
    if (known) this.#known.set(id, { ...known, unread_count: 0 });
  }

  /** Takes what the reader has dealt with off the list. */
  drop(id: string): void {
    this.#ids = this.#ids.filter((known) => known !== id);
  }

  /** The one after it, or the one before if it is the last. */
  beside(id: string | undefined, step: 1 | -1): string | undefined {
    if (!id) return this.#ids[0];
    const place = this.#ids.indexOf(id);
    return this.#ids[place + step];
  }

  count(): void {
    // Once for many changes, however many come.
    if (this.#countTimer) return;
    this.#countTimer = window.setTimeout(() => {
      this.#countTimer = 0;
      void this.#countNow();
    }, COUNT_AFTER_MS);
  }

  async #countNow(): Promise<void> {
    for (const view of [...COUNTED, ...saved.views.map(({ id }) => id as View)]) {
      try {
        const query = { ...filter(view), per_page: 1 };
        this.counts[view] = total(await api("get", "/v1/conversations", { query }));
      } catch {
        return; // the next change counts again
      }
    }
  }
}

export const inbox = new Inbox();
