// What is done to the conversation that is open. Whatever can be undone offers it.
import { now } from "../../../api.ts";
import { api, type Conversation, type MacroAction, type Priority } from "../api/client.ts";
import { inbox } from "./inbox.svelte.ts";
import { notice } from "./notice.svelte.ts";
import { outbox } from "./outbox.svelte.ts";
import { route } from "./route.svelte.ts";
import { saved } from "./saved.svelte.ts";
import { team } from "./team.svelte.ts";
import { thread } from "./thread.svelte.ts";
import type { Choice } from "./ui.svelte.ts";
import { PRIORITY_WORDS } from "./face.ts";
import { t } from "../locale/say.ts";

const PRIORITIES: Priority[] = ["urgent", "high", "normal", "low"];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MORNING_H = 9;

export function current(): Conversation | undefined {
  return route.place === "inbox" ? inbox.find(route.conversation) : undefined;
}

/** Goes on to the next one, as this one is dealt with. */
function leave(id: string): void {
  const next = inbox.beside(id, 1) ?? inbox.beside(id, -1);
  inbox.drop(id);
  route.go(route.view, next);
}

type Step = "assign" | "close" | "reopen" | "snooze" | "unread";

async function step(what: Step, id: string, body: object): Promise<void> {
  const { data } = await api("post", `/v1/conversations/{id}/${what}`, { id, body });
  inbox.put(data);
}

interface Patch {
  priority?: Priority;
  tags?: string[];
  is_spam?: boolean;
}

async function patch(id: string, body: Patch): Promise<void> {
  const { data } = await api("patch", "/v1/conversations/{id}", { id, body });
  inbox.put(data);
}

function undo(task: () => Promise<unknown>): () => void {
  return () => void notice.attempt(task);
}

export async function close(id = route.conversation): Promise<void> {
  if (!id) return;
  // What is said in a closed conversation opens it again: so it is said first.
  const isPutOff = outbox.after(id, { do: "close" });
  if (!isPutOff && !(await notice.attempt(() => step("close", id, {})))) return;
  if (route.conversation === id && route.view !== "closed") leave(id);
  if (isPutOff) return;
  notice.say(
    t("Closed"),
    undo(() => bringBack(id, () => step("reopen", id, {}))),
  );
}

async function bringBack(id: string, task: () => Promise<void>): Promise<void> {
  await task();
  route.go(route.view, id);
  await inbox.load();
}

export function reopen(): void {
  const id = route.conversation;
  if (id) void notice.attempt(() => step("reopen", id, {}));
}

export async function assign(operator: string | null, id = route.conversation): Promise<void> {
  const before = inbox.find(id)?.assigned_to ?? null;
  if (!id || before === operator) return;
  const give = (to: string | null) => step("assign", id, { operator_id: to });
  if (!(await notice.attempt(() => give(operator)))) return;
  const said = operator
    ? t("Assigned to {name}", { name: team.name(operator) })
    : t("Assigned to nobody");
  notice.say(
    said,
    undo(() => give(before)),
  );
}

async function snooze(until: string, id = route.conversation): Promise<void> {
  if (!id || !(await notice.attempt(() => step("snooze", id, { until })))) return;
  if (route.conversation === id && route.view !== "snoozed") leave(id);
  notice.say(
    t("Snoozed"),
    undo(() => step("snooze", id, { until: null })),
  );
}

async function prioritize(priority: Priority, id = route.conversation): Promise<void> {
  if (id) await notice.attempt(() => patch(id, { priority }));
}

export async function markUnread(): Promise<void> {
  const id = route.conversation;
  if (!id) return;
  thread.leaveUnread();
  if (await notice.attempt(() => step("unread", id, { operator_id: team.me }))) {
    notice.say(t("Unread again: it stays so until you come back to it"));
  }
}

export async function switchSpam(): Promise<void> {
  const one = current();
  if (!one) return;
  const { id, is_spam } = one;
  if (!(await notice.attempt(() => patch(id, { is_spam: !is_spam })))) return;
  if (route.conversation === id) leave(id);
  notice.say(
    is_spam ? t("Not spam any more") : t("Marked as spam"),
    undo(() => bringBack(id, () => patch(id, { is_spam }))),
  );
}

async function switchTag(name: string): Promise<void> {
  const one = current();
  if (!one) return;
  const { id, tags } = one;
  const isOn = tags.includes(name);
  const now = isOn ? tags.filter((tag) => tag !== name) : [...tags, name];
  if (!(await notice.attempt(() => patch(id, { tags: now })))) return;
  notice.say(
    isOn ? t("{name} taken off", { name }) : t("Tagged {name}", { name }),
    undo(() => patch(id, { tags })),
  );
  if (!saved.tags.some((tag) => tag.name === name)) void saved.load().catch(() => undefined);
}

export function tagChoices(): { list: Choice[]; other: (typed: string) => Choice } {
  const on = current()?.tags ?? [];
  const known = [...new Set([...on, ...saved.tags.map(({ name }) => name)])];
  return {
    list: known.map((name) => ({
      title: on.includes(name) ? `${name} (take off)` : name,
      icon: on.includes(name) ? "check" : "tag",
      run: () => void switchTag(name),
    })),
    other: (typed) => ({
      title: t("New tag “{typed}”", { typed }),
      icon: "plus",
      run: () => void switchTag(typed),
    }),
  };
}

function at(days: number): string {
  const time = new Date(now());
  time.setDate(time.getDate() + days);
  time.setHours(MORNING_H, 0, 0, 0);
  return stamp(time.getTime());
}

/** As the API has times: whole seconds. */
function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

export function snoozes(): Choice[] {
  const toMonday = (8 - new Date(now()).getDay()) % 7 || 7;
  const choices: [string, () => string][] = [
    [t("For an hour"), () => stamp(now() + HOUR_MS)],
    [t("Until tomorrow, 9:00"), () => at(1)],
    [t("Until Monday, 9:00"), () => at(toMonday)],
    [t("Until they reply"), () => "reply"],
  ];
  return choices.map(([title, until]) => ({
    title,
    icon: "clock",
    run: () => void snooze(until()),
  }));
}

export function assignees(): Choice[] {
  const people = team.active.map(({ id, name }) => ({
    title: id === team.me ? `${name} (you)` : name,
    icon: "person",
    run: () => void assign(id),
  }));
  return [...people, { title: t("Nobody"), icon: "x", run: () => void assign(null) }];
}

export function priorities(): Choice[] {
  return PRIORITIES.map((priority) => ({
    title: PRIORITY_WORDS[priority],
    icon: "alert",
    run: () => void prioritize(priority),
  }));
}

/** What a macro does, in words. */
export function inWords(action: MacroAction): string {
  switch (action.do) {
    case "add_tags":
      return t("tag {tags}", { tags: action.tags.join(", ") });
    case "assign":
      return t("assign to {assignee}", { assignee: assignee(action.to) });
    case "set_priority":
      return t("set priority {priority}", {
        priority: PRIORITY_WORDS[action.priority as Priority],
      });
    case "snooze":
      return action.minutes
        ? t("snooze for {minutes} minutes", { minutes: action.minutes })
        : t("snooze until they reply");
    case "close":
      return t("close");
  }
}

function assignee(to: string): string {
  if (to === "me") return t("me");
  return to === "none" ? t("nobody") : team.name(to);
}

/** Does what a macro says, one after the other; stops at what fails, and says why. */
export async function carryOut(actions: MacroAction[], id: string): Promise<void> {
  for (const action of actions) {
    if (!(await notice.attempt(() => carryOutOne(action, id)))) return;
  }
}

async function carryOutOne(action: MacroAction, id: string): Promise<void> {
  switch (action.do) {
    case "add_tags": {
      const before = inbox.find(id)?.tags ?? [];
      return patch(id, { tags: [...new Set([...before, ...action.tags])] });
    }
    case "assign": {
      const to = action.to === "me" ? team.me : action.to;
      return step("assign", id, { operator_id: to === "none" ? null : to });
    }
    case "set_priority":
      return patch(id, { priority: action.priority as Priority });
    case "snooze": {
      const until = action.minutes ? stamp(now() + action.minutes * MINUTE_MS) : "reply";
      return snooze(until, id);
    }
    case "close":
      return close(id);
  }
}
