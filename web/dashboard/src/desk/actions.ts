// Everything that can be done at the desk, in one list: the palette, the keys and the sheet of
// shortcuts are drawn from it.
import { PLACE_FACES } from "../place/places.ts";
import { hrefOf, SETTINGS } from "../settings/pages.ts";
import {
  assign,
  assignees,
  close,
  current,
  markUnread,
  priorities,
  reopen,
  snoozes,
  switchSpam,
  tagChoices,
} from "./deeds.ts";
import { inbox } from "./inbox.svelte.ts";
import { at as place, PLACES, route, VIEWS, type BuiltIn, type View } from "./route.svelte.ts";
import { saved } from "./saved.svelte.ts";
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

const isOpen = () => current()?.status === "open";
const isInbox = () => route.place === "inbox";
const isThere = () => current() !== undefined;

function move(step: 1 | -1): void {
  const next = inbox.beside(route.conversation, step);
  if (next) route.go(route.view, next);
}

export const VIEW_FACES: Record<BuiltIn, { title: string; icon: string; key: string }> = {
  mine: { title: "Mine", icon: "inbox", key: "g i" },
  unassigned: { title: "Unassigned", icon: "people", key: "g u" },
  all: { title: "All", icon: "home", key: "g a" },
  mentions: { title: "Mentions", icon: "at", key: "g m" },
  drafts: { title: "Drafts", icon: "pen", key: "g t" },
  snoozed: { title: "Snoozed", icon: "clock", key: "g s" },
  spam: { title: "Spam", icon: "ban", key: "g j" },
  closed: { title: "Closed", icon: "check", key: "g e" },
};

/** What a view is called. */
export function viewTitle(view: View): string {
  if (view in VIEW_FACES) return VIEW_FACES[view as BuiltIn].title;
  return saved.view(view)?.name ?? "View";
}

export const ACTIONS: readonly Action[] = [
  {
    id: "palette",
    title: "Command palette",
    icon: "search",
    keys: ["Mod+k"],
    run: () => ui.open("palette"),
  },
  {
    id: "search",
    title: "Search what was said",
    icon: "search",
    keys: ["/"],
    isOffered: isInbox,
    run: () => route.become(`${location.pathname}?q=`),
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
    run: reopen,
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
    id: "tag",
    title: "Tag …",
    icon: "tag",
    keys: ["t"],
    isOffered: isThere,
    run: () => {
      const { list, other } = tagChoices();
      ui.choose("Tag", list, other);
    },
  },
  {
    id: "macro",
    title: "Use a macro …",
    icon: "rule",
    keys: ["m", "#"],
    isOffered: isThere,
    run: () => ui.chooseMacro(),
  },
  {
    id: "unread",
    title: "Mark as unread",
    icon: "mail",
    keys: ["u"],
    isOffered: isThere,
    run: () => void markUnread(),
  },
  {
    id: "spam",
    title: "Spam, or not spam",
    icon: "ban",
    keys: ["!"],
    isOffered: isThere,
    run: () => void switchSpam(),
  },
  {
    id: "save-view",
    title: "Save a view …",
    icon: "plus",
    keys: [],
    isOffered: isInbox,
    run: () => ui.open("view"),
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
