// Everything that can be done at the desk, in one list: the palette, the keys and the sheet of
// shortcuts are drawn from it.
import { api, type Conversation, type Priority } from "../api/client.ts";
import { inbox } from "./inbox.svelte.ts";
import { notice } from "./notice.svelte.ts";
import { at as place, PLACES, route, VIEWS, type View } from "./route.svelte.ts";
import { PLACE_FACES } from "../place/places.ts";
import { hrefOf, SETTINGS } from "../settings/pages.ts";
import { team } from "./team.svelte.ts";
import { thread } from "./thread.svelte.ts";
import { ui } from "./ui.svelte.ts";

export interface Action {
  id: string;
  title: string;
  icon: string;
  /** As `KeyboardEvent.key` has them: "e", "Shift+E", "Mod+k", "g i". */
  keys: string[];
  /** Whether it makes sense now. */
  isOffered?(): boolean;
  /** Does it. */
  run(): void;
}

export interface Choice {
  title: string;
  icon: string;
  run(): void;
}

const PRIORITIES: Priority[] = ["urgent", "high", "normal", "low"];
const HOUR_MS = 3_600_000;
const MORNING_H = 9;

function current(): Conversation | undefined {
  return inbox.find(route.conversation);
}

const isOpen = () => current()?.status === "open";
const isInbox = () => route.place === "inbox";
const isThere = () => current() !== undefined;

/** Goes on to the next one, as this one is dealt with. */
function leave(id: string): void {
  const next = inbox.beside(id, 1) ?? inbox.beside(id, -1);
  inbox.drop(id);
  route.go(route.view, next);
}

type Change = "assign" | "close" | "reopen" | "snooze";

async function change(what: Change, id: string, body: object): Promise<void> {
  const { data } = await api("post", `/v1/conversations/{id}/${what}`, { id, body });
  inbox.put(data);
}

export async function close(): Promise<void> {
  const id = route.conversation;
  if (!id) return;
  const isDone = await notice.attempt(() => change("close", id, {}));
  if (!isDone) return;
  if (route.conversation === id && route.view !== "closed") leave(id);
  notice.say("Closed", () => void notice.attempt(() => undoClose(id)));
}

async function undoClose(id: string): Promise<void> {
  await change("reopen", id, {});
  route.go(route.view, id);
  await inbox.load();
}

export async function assign(operator: string | null): Promise<void> {
  const id = route.conversation;
  const before = current()?.assigned_to ?? null;
  if (!id || before === operator) return;
  const give = (to: string | null) => change("assign", id, { operator_id: to });
  if (await notice.attempt(() => give(operator))) {
    const said = operator ? `Assigned to ${team.name(operator)}` : "Assigned to nobody";
    notice.say(said, () => void notice.attempt(() => give(before)));
  }
}

async function snooze(until: string): Promise<void> {
  const id = route.conversation;
  if (!id || !(await notice.attempt(() => change("snooze", id, { until })))) return;
  if (route.conversation === id && route.view !== "snoozed") leave(id);
  const wake = () => change("snooze", id, { until: null });
  notice.say("Snoozed", () => void notice.attempt(wake));
}

async function prioritize(priority: Priority): Promise<void> {
  const id = route.conversation;
  if (!id) return;
  await notice.attempt(async () => {
    const { data } = await api("patch", "/v1/conversations/{id}", { id, body: { priority } });
    inbox.put(data);
  });
}

function at(days: number, hour = MORNING_H): string {
  const time = new Date();
  time.setDate(time.getDate() + days);
  time.setHours(hour, 0, 0, 0);
  return stamp(time.getTime());
}

/** As the API has times: whole seconds. */
function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

function snoozes(): Choice[] {
  const toMonday = (8 - new Date().getDay()) % 7 || 7;
  const choices: [string, () => string][] = [
    ["For an hour", () => stamp(Date.now() + HOUR_MS)],
    ["Until tomorrow, 9:00", () => at(1)],
    ["Until Monday, 9:00", () => at(toMonday)],
    ["Until they reply", () => "reply"],
  ];
  return choices.map(([title, until]) => ({
    title,
    icon: "clock",
    run: () => void snooze(until()),
  }));
}

function assignees(): Choice[] {
  const people = team.active.map(({ id, name }) => ({
    title: id === team.me ? `${name} (you)` : name,
    icon: "person",
    run: () => void assign(id),
  }));
  return [...people, { title: "Nobody", icon: "x", run: () => void assign(null) }];
}

function priorities(): Choice[] {
  return PRIORITIES.map((priority) => ({
    title: priority[0]?.toUpperCase() + priority.slice(1),
    icon: "alert",
    run: () => void prioritize(priority),
  }));
}

function move(step: 1 | -1): void {
  const next = inbox.beside(route.conversation, step);
  if (next) route.go(route.view, next);
}

export const VIEW_FACES: Record<View, { title: string; icon: string; key: string }> = {
  mine: { title: "Mine", icon: "inbox", key: "g i" },
  unassigned: { title: "Unassigned", icon: "people", key: "g u" },
  all: { title: "All", icon: "home", key: "g a" },
  snoozed: { title: "Snoozed", icon: "clock", key: "g s" },
  closed: { title: "Closed", icon: "check", key: "g e" },
};

export const ACTIONS: readonly Action[] = [
  {
    id: "palette",
    title: "Command palette",
    icon: "search",
    keys: ["Mod+k"],
    run: () => ui.open("palette"),
  },
  {
    id: "next",
    title: "Next conversation",
    icon: "inbox",
    keys: ["j", "ArrowDown"],
    isOffered: isInbox,
    run: () => move(1),
  },
  {
    id: "previous",
    title: "Previous conversation",
    icon: "inbox",
    keys: ["k", "ArrowUp"],
    isOffered: isInbox,
    run: () => move(-1),
  },
  {
    id: "reply",
    title: "Reply",
    icon: "chat",
    keys: ["r"],
    isOffered: isThere,
    run: () => ui.compose("reply"),
  },
  {
    id: "note",
    title: "Write a note",
    icon: "lock",
    keys: ["n"],
    isOffered: isThere,
    run: () => ui.compose("note"),
  },
  {
    id: "close",
    title: "Close",
    icon: "check",
    keys: ["e"],
    isOffered: isOpen,
    run: () => void close(),
  },
  {
    id: "reopen",
    title: "Reopen",
    icon: "retry",
    keys: ["Shift+E"],
    isOffered: () => current()?.status === "closed",
    run: () => {
      const id = route.conversation;
      if (id) void notice.attempt(() => change("reopen", id, {}));
    },
  },
  {
    id: "take",
    title: "Assign to me",
    icon: "person",
    keys: ["i"],
    isOffered: isOpen,
    run: () => void assign(team.me),
  },
  {
    id: "assign",
    title: "Assign to …",
    icon: "people",
    keys: ["a"],
    isOffered: isOpen,
    run: () => ui.choose("Assign to", assignees()),
  },
  {
    id: "snooze",
    title: "Snooze …",
    icon: "clock",
    keys: ["s"],
    isOffered: isOpen,
    run: () => ui.choose("Snooze", snoozes()),
  },
  {
    id: "priority",
    title: "Set priority …",
    icon: "alert",
    keys: ["p"],
    isOffered: isThere,
    run: () => ui.choose("Set priority", priorities()),
  },
  {
    id: "fresh",
    title: "Show what is new",
    icon: "up",
    keys: ["."],
    isOffered: isInbox,
    run: () => void inbox.load(),
  },
  {
    id: "theme",
    title: "Switch between light and dark",
    icon: "moon",
    keys: ["Shift+T"],
    run: () => ui.switchTheme(),
  },
  {
    id: "density",
    title: "Switch between comfortable and compact",
    icon: "sort",
    keys: ["Shift+D"],
    run: () => ui.switchDensity(),
  },
  {
    id: "account",
    title: "Your account",
    icon: "key",
    keys: ["g p"],
    run: () => location.assign("/account"),
  },
  {
    id: "docs",
    title: "API documents",
    icon: "code",
    keys: ["g d"],
    run: () => void window.open("/docs", "_blank"),
  },
  {
    id: "shortcuts",
    title: "All shortcuts",
    icon: "help",
    keys: ["?"],
    run: () => ui.open("shortcuts"),
  },
  ...VIEWS.map((view) => ({
    id: `view-${view}`,
    title: `Go to ${VIEW_FACES[view].title}`,
    icon: VIEW_FACES[view].icon,
    keys: [VIEW_FACES[view].key],
    run: () => route.go(view),
  })),
  ...PLACES.map((name) => ({
    id: `place-${name}`,
    title: `Go to ${PLACE_FACES[name].title}`,
    icon: PLACE_FACES[name].icon,
    keys: [PLACE_FACES[name].key],
    run: () => route.to(place(name)),
  })),
  ...SETTINGS.map((page) => ({
    id: `settings-${page.path}`,
    title: `Settings: ${page.title}`,
    icon: page.icon,
    keys: [],
    run: () => route.to(hrefOf(page)),
  })),
];

/** Does it, if it makes sense now. */
export function perform(action: Action): void {
  if (action.isOffered?.() ?? true) action.run();
}

/** Leaves the conversation, on screens that show one thing at a time. */
export function back(): void {
  route.go(route.view);
  void thread.open(undefined);
}
