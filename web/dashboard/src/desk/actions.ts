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
import { notice } from "./notice.svelte.ts";
import { outbox } from "./outbox.svelte.ts";
import { picked } from "./picked.svelte.ts";
import { at as place, PLACES, route, VIEWS, type BuiltIn, type View } from "./route.svelte.ts";
import { saved } from "./saved.svelte.ts";
import { team } from "./team.svelte.ts";
import { thread } from "./thread.svelte.ts";
import { ui } from "./ui.svelte.ts";
import { t } from "../locale/say.ts";

/** What the actions are grouped by, on the sheet and on the page of the keyboard. */
export const GROUP_TITLES = {
  desk: t("The desk"),
  list: t("The list"),
  conversation: t("The conversation"),
  go: t("Go to"),
  settings: t("Settings"),
};
export type ActionGroup = keyof typeof GROUP_TITLES;

export interface Action {
  id: string;
  title: string;
  icon: string;
  group: ActionGroup;
  /** As `spelling.ts` has them: "e", "Shift+E", "Mod+k", "g i". Whoever wants others has them in the `keymap`. */
  keys: readonly string[];
  /** Whether it is done again and again while its key is held down. */
  isRepeated?: boolean;
  /** Whether a field that somebody writes in does the same in its own way. */
  isOfFields?: boolean;
  /** Whether it makes sense now. */
  isOffered?(): boolean;
  /** Does it. */
  run(): void;
}

const isOpen = () => current()?.status === "open";
const isInbox = () => route.place === "inbox";
const isThere = () => current() !== undefined;

/** Takes back what was done last, while that can be done. */
export function lastDone(): (() => void) | undefined {
  const held = outbox.newestHeld;
  const since = notice.undoable;
  if (since && since >= (held?.turn ?? 0)) return () => notice.act();
  return held && (() => outbox.takeBack(held));
}

function move(step: 1 | -1): void {
  const next = inbox.beside(route.conversation, step);
  if (next) route.go(route.view, next);
}

export const VIEW_FACES: Record<BuiltIn, { title: string; icon: string; key: string }> = {
  mine: { title: t("Mine"), icon: "inbox", key: "g i" },
  unassigned: { title: t("Unassigned"), icon: "people", key: "g u" },
  all: { title: t("All"), icon: "home", key: "g a" },
  mentions: { title: t("Mentions"), icon: "at", key: "g m" },
  drafts: { title: t("Drafts"), icon: "pen", key: "g t" },
  snoozed: { title: t("Snoozed"), icon: "clock", key: "g s" },
  spam: { title: t("Spam"), icon: "ban", key: "g j" },
  closed: { title: t("Closed"), icon: "check", key: "g e" },
};

/** What a view is called. */
export function viewTitle(view: View): string {
  if (view in VIEW_FACES) return VIEW_FACES[view as BuiltIn].title;
  return saved.view(view)?.name ?? t("View");
}

export const ACTIONS: readonly Action[] = [
  {
    id: "palette",
    title: t("Command palette"),
    icon: "search",
    group: "desk",
    keys: ["Mod+k"],
    run: () => ui.open("palette"),
  },
  {
    id: "undo",
    title: t("Undo what was done last"),
    icon: "retry",
    group: "desk",
    keys: ["Mod+z"],
    isOfFields: true,
    isOffered: () => lastDone() !== undefined,
    run: () => lastDone()?.(),
  },
  {
    id: "search",
    title: t("Search what was said"),
    icon: "search",
    group: "list",
    keys: ["/"],
    isOffered: isInbox,
    run: () => route.become(`${location.pathname}?q=`),
  },
  {
    id: "next",
    title: t("Next conversation"),
    icon: "inbox",
    group: "list",
    keys: ["j", "ArrowDown"],
    isRepeated: true,
    isOffered: isInbox,
    run: () => move(1),
  },
  {
    id: "previous",
    title: t("Previous conversation"),
    icon: "inbox",
    group: "list",
    keys: ["k", "ArrowUp"],
    isRepeated: true,
    isOffered: isInbox,
    run: () => move(-1),
  },
  {
    id: "pick",
    title: t("Pick the conversation, or let it go"),
    icon: "checks",
    group: "list",
    keys: ["x"],
    isOffered: isInbox,
    run: () => picked.toggle(),
  },
  {
    id: "pick-next",
    title: t("Pick the next one, too"),
    icon: "down",
    group: "list",
    keys: ["Shift+J"],
    isRepeated: true,
    isOffered: isInbox,
    run: () => picked.extend(1),
  },
  {
    id: "pick-previous",
    title: t("Pick the previous one, too"),
    icon: "up",
    group: "list",
    keys: ["Shift+K"],
    isRepeated: true,
    isOffered: isInbox,
    run: () => picked.extend(-1),
  },
  {
    id: "back",
    title: t("Back to the list"),
    icon: "back",
    group: "list",
    keys: ["Escape"],
    isOffered: () => isInbox() && (picked.ids.length > 0 || route.conversation !== undefined),
    run: () => (picked.ids.length ? picked.clear() : back()),
  },
  {
    id: "reply",
    title: t("Reply"),
    icon: "chat",
    group: "conversation",
    keys: ["r"],
    isOffered: isThere,
    run: () => ui.compose("reply"),
  },
  {
    id: "note",
    title: t("Write a note"),
    icon: "lock",
    group: "conversation",
    keys: ["n"],
    isOffered: isThere,
    run: () => ui.compose("note"),
  },
  {
    id: "close",
    title: t("Close"),
    icon: "check",
    group: "conversation",
    keys: ["e"],
    isOffered: isOpen,
    run: () => void close(),
  },
  {
    id: "reopen",
    title: t("Reopen"),
    icon: "retry",
    group: "conversation",
    keys: ["Shift+E"],
    isOffered: () => current()?.status === "closed",
    run: reopen,
  },
  {
    id: "take",
    title: t("Assign to me"),
    icon: "person",
    group: "conversation",
    keys: ["i"],
    isOffered: isOpen,
    run: () => void assign(team.me),
  },
  {
    id: "assign",
    title: t("Assign to …"),
    icon: "people",
    group: "conversation",
    keys: ["a"],
    isOffered: isOpen,
    run: () => ui.choose(t("Assign to"), assignees()),
  },
  {
    id: "snooze",
    title: t("Snooze …"),
    icon: "clock",
    group: "conversation",
    keys: ["s"],
    isOffered: isOpen,
    run: () => ui.choose(t("Snooze"), snoozes()),
  },
  {
    id: "priority",
    title: t("Set priority …"),
    icon: "alert",
    group: "conversation",
    keys: ["p"],
    isOffered: isThere,
    run: () => ui.choose(t("Set priority"), priorities()),
  },
  {
    id: "tag",
    title: t("Tag …"),
    icon: "tag",
    group: "conversation",
    keys: ["t"],
    isOffered: isThere,
    run: () => {
      const { list, other } = tagChoices();
      ui.choose(t("Tag"), list, other);
    },
  },
  {
    id: "macro",
    title: t("Use a macro …"),
    icon: "rule",
    group: "conversation",
    keys: ["m", "#"],
    isOffered: isThere,
    run: () => ui.chooseMacro(),
  },
  {
    id: "unread",
    title: t("Mark as unread"),
    icon: "mail",
    group: "conversation",
    keys: ["u"],
    isOffered: isThere,
    run: () => void markUnread(),
  },
  {
    id: "spam",
    title: t("Spam, or not spam"),
    icon: "ban",
    group: "conversation",
    keys: ["!"],
    isOffered: isThere,
    run: () => void switchSpam(),
  },
  {
    id: "save-view",
    title: t("Save a view …"),
    icon: "plus",
    group: "list",
    keys: [],
    isOffered: isInbox,
    run: () => ui.open("view"),
  },
  {
    id: "fresh",
    title: t("Show what is new"),
    icon: "up",
    group: "list",
    keys: ["."],
    isOffered: isInbox,
    run: () => void inbox.load(),
  },
  {
    id: "views",
    title: t("Show or hide the views"),
    icon: "panel",
    group: "desk",
    keys: ["["],
    isOffered: () => isInbox() && ui.hasRoom("views"),
    run: () => ui.fold("views"),
  },
  {
    id: "contact",
    title: t("Show or hide the contact"),
    icon: "person",
    group: "desk",
    keys: ["]"],
    isOffered: () => isInbox() && ui.hasRoom("contact"),
    run: () => ui.fold("contact"),
  },
  {
    id: "theme",
    title: t("Switch between light and dark"),
    icon: "moon",
    group: "desk",
    keys: ["Shift+T"],
    run: () => ui.switchTheme(),
  },
  {
    id: "density",
    title: t("Switch between comfortable and compact"),
    icon: "sort",
    group: "desk",
    keys: ["Shift+D"],
    run: () => ui.switchDensity(),
  },
  {
    id: "contrast",
    title: t("Switch between usual and high contrast"),
    icon: "eye",
    group: "desk",
    keys: [],
    run: () => ui.switchContrast(),
  },
  {
    id: "account",
    title: t("Your account"),
    icon: "key",
    group: "go",
    keys: ["g p"],
    run: () => location.assign("/account"),
  },
  {
    id: "docs",
    title: t("API documents"),
    icon: "code",
    group: "go",
    keys: ["g d"],
    run: () => void window.open("/docs", "_blank"),
  },
  {
    id: "shortcuts",
    title: t("All shortcuts"),
    icon: "help",
    group: "desk",
    keys: ["?"],
    run: () => ui.open("shortcuts"),
  },
  ...VIEWS.map((view) => ({
    id: `view-${view}`,
    title: t("Go to {title}", { title: VIEW_FACES[view].title }),
    icon: VIEW_FACES[view].icon,
    group: "go" as const,
    keys: [VIEW_FACES[view].key],
    run: () => route.go(view),
  })),
  ...PLACES.map((name) => ({
    id: `place-${name}`,
    title: t("Go to {title}", { title: PLACE_FACES[name].title }),
    icon: PLACE_FACES[name].icon,
    group: "go" as const,
    keys: [PLACE_FACES[name].key],
    run: () => route.to(place(name)),
  })),
  ...SETTINGS.map((page) => ({
    id: `settings-${page.path}`,
    title: t("Settings: {title}", { title: page.title }),
    icon: page.icon,
    group: "settings" as const,
    keys: [],
    run: () => route.to(hrefOf(page)),
  })),
];

/** Whether it makes sense now. */
export function isOffered(action: Action): boolean {
  return action.isOffered?.() ?? true;
}

/** Does it, if it makes sense now. */
export function perform(action: Action): void {
  if (isOffered(action)) action.run();
}

/** Leaves the conversation, on screens that show one thing at a time. */
export function back(): void {
  route.go(route.view);
  void thread.open(undefined);
}
