// The address bar. The inbox is /app/<view>/<conversation>; every other place is /app/<place>/…
// Whatever is shown can be linked to.

export const VIEWS = [
  "mine",
  "unassigned",
  "all",
  "mentions",
  "drafts",
  "snoozed",
  "spam",
  "closed",
] as const;
export type BuiltIn = (typeof VIEWS)[number];
/** One that is built in, or the id of one that was saved. */
export type View = BuiltIn | `view_${string}`;

export const PLACES = ["visitors", "contacts", "leads", "reports", "settings"] as const;
export type Place = "inbox" | (typeof PLACES)[number];

const ROOT = "/app";

interface Spot {
  place: Place;
  view: View;
  conversation: string | undefined;
  /** What follows the place: ids, and the names of pages. */
  rest: string[];
  search: string;
}

function parse({ pathname, search }: Pick<Location, "pathname" | "search">): Spot {
  const [first = "", ...rest] = pathname.slice(ROOT.length).split("/").filter(Boolean);
  const place = PLACES.find((known) => known === first) ?? "inbox";
  const isSaved = first.startsWith("view_");
  const view = isSaved ? (first as View) : (VIEWS.find((known) => known === first) ?? "mine");
  const conversation = place === "inbox" ? rest[0] : undefined;
  return { place, view, conversation, rest, search };
}

class Route {
  #now = $state.raw(parse(location));

  constructor() {
    addEventListener("popstate", () => (this.#now = parse(location)));
  }

  get place(): Place {
    return this.#now.place;
  }

  /** Which list of conversations, in the inbox. */
  get view(): View {
    return this.#now.view;
  }

  get conversation(): string | undefined {
    return this.#now.conversation;
  }

  get rest(): string[] {
    return this.#now.rest;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#now.search);
  }

  /** Shows a conversation, or a list of them. */
  go(view: View, conversation?: string): void {
    this.to(href(view, conversation));
  }

  /** Shows what an address of the desk says. */
  to(path: string): void {
    if (path !== location.pathname + location.search) history.pushState(null, "", path);
    this.#now = parse(location);
  }

  /** As `to`, and the step back leads past it: for what is typed into a filter. */
  become(path: string): void {
    history.replaceState(null, "", path);
    this.#now = parse(location);
  }
}

export function href(view: View, conversation?: string): string {
  return [ROOT, view, ...(conversation ? [conversation] : [])].join("/");
}

/** The address of a page of a place. */
export function at(place: Exclude<Place, "inbox">, ...rest: string[]): string {
  return [ROOT, place, ...rest].join("/");
}

/** For `onclick` of a link within the desk: a new tab stays a new tab. */
export function follow(event: MouseEvent): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
  const link = event.currentTarget as HTMLAnchorElement;
  event.preventDefault();
  route.to(link.pathname + link.search);
}

export const route = new Route();
