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
import { t } from "../locale/say.ts";

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
    keys: ["Mod+k"],
    run: () => ui.open("palette"),
  },
  {
    id: "search",
    title: t("Search what was said"),
    icon: "search",
    keys: ["/"],
    isOffered: isInbox,
    run: () => route.become(`${location.pathname}?q=`),
  },
  {
    id: "next",
    title: t("Next conversation"),
    icon: "inbox",
    keys: ["j", "ArrowDown"],
    isOffered: isInbox,
    run: () => move(1),
  },
  {
    id: "previous",
    title: t("Previous conversation"),
    icon: "inbox",
    keys: ["k", "ArrowUp"],
    isOffered: isInbox,
    run: () => move(-1),
  },
  {
    id: "reply",
    title: t("Reply"),
    icon: "chat",
    keys: ["r"],
    isOffered: isThere,
    run: () => ui.compose("reply"),
  },
  {
    id: "note",
    title: t("Write a note"),
    icon: "lock",
    keys: ["n"],
    isOffered: isThere,
    run: () => ui.compose("note"),
  },
  {
    id: "close",
    title: t("Close"),
    icon: "check",
    keys: ["e"],
    isOffered: isOpen,
    run: () => void close(),
  },
  {
    id: "reopen",
    title: t("Reopen"),
    icon: "retry",
    keys: ["Shift+E"],
    isOffered: () => current()?.status === "closed",
    run: reopen,
  },
  {
    id: "take",
    title: t("Assign to me"),
    icon: "person",
    keys: ["i"],
    isOffered: isOpen,
    run: () => void assign(team.me),
  },
  {
    id: "assign",
    title: t("Assign to …"),
    icon: "people",
    keys: ["a"],
    isOffered: isOpen,
    run: () => ui.choose(t("Assign to"), assignees()),
  },
  {
    id: "snooze",
    title: t("Snooze …"),
    icon: "clock",
    keys: ["s"],
    isOffered: isOpen,
    run: () => ui.choose(t("Snooze"), snoozes()),
  },
  {
    id: "priority",
    title: t("Set priority …"),
    icon: "alert",
    keys: ["p"],
    isOffered: isThere,
    run: () => ui.choose(t("Set priority"), priorities()),
  },
  {
    id: "tag",
    title: t("Tag …"),
    icon: "tag",
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
    keys: ["m", "#"],
    isOffered: isThere,
    run: () => ui.chooseMacro(),
  },
  {
    id: "unread",
    title: t("Mark as unread"),
    icon: "mail",
    keys: ["u"],
    isOffered: isThere,
    run: () => void markUnread(),
  },
  {
    id: "spam",
    title: t("Spam, or not spam"),
    icon: "ban",
    keys: ["!"],
    isOffered: isThere,
    run: () => void switchSpam(),
  },
  {
    id: "save-view",
    title: t("Save a view …"),
    icon: "plus",
    keys: [],
    isOffered: isInbox,
    run: () => ui.open("view"),
  },
  {
    id: "fresh",
    title: t("Show what is new"),
    icon: "up",
    keys: ["."],
    isOffered: isInbox,
    run: () => void inbox.load(),
  },
  {
    id: "theme",
    title: t("Switch between light and dark"),
    icon: "moon",
    keys: ["Shift+T"],
    run: () => ui.switchTheme(),
  },
  {
    id: "density",
    title: t("Switch between comfortable and compact"),
    icon: "sort",
    keys: ["Shift+D"],
    run: () => ui.switchDensity(),
  },
  {
    id: "contrast",
    title: t("Switch between usual and high contrast"),
    icon: "eye",
    keys: [],
    run: () => ui.switchContrast(),
  },
  {
    id: "account",
    title: t("Your account"),
    icon: "key",
    keys: ["g p"],
    run: () => location.assign("/account"),
  },
  {
    id: "docs",
    title: t("API documents"),
    icon: "code",
    keys: ["g d"],
    run: () => void window.open("/docs", "_blank"),
  },
  {
    id: "shortcuts",
    title: t("All shortcuts"),
    icon: "help",
    keys: ["?"],
    run: () => ui.open("shortcuts"),
  },
  ...VIEWS.map((view) => ({
    id: `view-${view}`,
    title: t("Go to {title}", { title: VIEW_FACES[view].title }),
    icon: VIEW_FACES[view].icon,
    keys: [VIEW_FACES[view].key],
    run: () => route.go(view),
  })),
  ...PLACES.map((name) => ({
    id: `place-${name}`,
    title: t("Go to {title}", { title: PLACE_FACES[name].title }),
    icon: PLACE_FACES[name].icon,
    keys: [PLACE_FACES[name].key],
    run: () => route.to(place(name)),
  })),
  ...SETTINGS.map((page) => ({
    id: `settings-${page.path}`,
    title: t("Settings: {title}", { title: page.title }),
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
