// The address bar: /app/<view>/<conversation>. Whatever is shown can be linked to.

export const VIEWS = ["mine", "unassigned", "all", "snoozed", "closed"] as const;
export type View = (typeof VIEWS)[number];

const ROOT = "/app";

function parse(path: string): { view: View; conversation: string | undefined } {
  const [view = "", conversation] = path.slice(ROOT.length).split("/").filter(Boolean);
  return { view: VIEWS.find((known) => known === view) ?? "mine", conversation };
}

class Route {
  #now = $state(parse(location.pathname));

  constructor() {
    addEventListener("popstate", () => (this.#now = parse(location.pathname)));
  }

  get view(): View {
    return this.#now.view;
  }

  get conversation(): string | undefined {
    return this.#now.conversation;
  }

  go(view: View, conversation?: string): void {
    const path = href(view, conversation);
    if (path !== location.pathname) history.pushState(null, "", path);
    this.#now = { view, conversation };
  }
}

export function href(view: View, conversation?: string): string {
  return [ROOT, view, ...(conversation ? [conversation] : [])].join("/");
}

export const route = new Route();
