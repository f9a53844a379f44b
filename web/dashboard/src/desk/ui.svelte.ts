// What lies over the desk, where the cursor should go, and how it all looks.
import type { Macro } from "../api/client.ts";
import type { Mode } from "./drafts.svelte.ts";
import type { Sending } from "./outbox.svelte.ts";
import { at, route } from "./route.svelte.ts";
import { saved } from "./saved.svelte.ts";
import { t } from "../locale/say.ts";

export interface Choice {
  title: string;
  icon: string;
  run(): void;
}

type Overlay = "palette" | "shortcuts" | "view";
type Theme = "light" | "dark";

/** As in narrow.css. */
const NARROW = "(max-width: 699px)";
/** Where there is room for a pane beside the list and the thread. */
const ROOM = { views: "(min-width: 1000px)", contact: "(min-width: 1280px)" };
type Pane = keyof typeof ROOM;
const HIGH_CONTRAST = "(prefers-contrast: more)";
const LOOK_KEY = "switchboard:look";

/** What is left out is as the system has it, or as usual. */
export interface Look {
  theme?: Theme | undefined;
  contrast?: "usual" | "high" | undefined;
  density?: "compact" | undefined;
  views?: "folded" | undefined;
  contact?: "folded" | undefined;
}

function remembered(): Look {
  try {
    return JSON.parse(localStorage.getItem(LOOK_KEY) ?? "{}") as Look;
  } catch {
    return {};
  }
}

/** Says it to the styles. */
function mark(name: string, value: string | undefined): void {
  if (value) document.documentElement.setAttribute(`data-${name}`, value);
  else document.documentElement.removeAttribute(`data-${name}`);
}

class Ui {
  overlay = $state<Overlay>();
  choices = $state.raw<{
    title: string;
    list: Choice[];
    /** What is offered besides, made of what was typed. */
    other?: ((typed: string) => Choice) | undefined;
  }>();
  /** The macro that the composer is to take in. */
  macro = $state.raw<Macro>();
  /** What was sent and taken back: its words are a draft again, and the rest is for the composer. */
  back = $state.raw<Sending>();
  mode = $state<Mode>("reply");
  /** Counts up whenever the composer should take the cursor. */
  focusing = $state(0);
  /** Whether one thing is shown at a time. */
  isNarrow = $state(false);
  #look = $state(remembered());

  constructor() {
    const narrow = matchMedia(NARROW);
    this.isNarrow = narrow.matches;
    narrow.addEventListener("change", ({ matches }) => (this.isNarrow = matches));
    matchMedia(HIGH_CONTRAST).addEventListener("change", () => this.#wear());
    this.#wear();
  }

  open(overlay: Overlay): void {
    this.choices = undefined;
    this.overlay = overlay;
  }

  choose(title: string, list: Choice[], other?: (typed: string) => Choice): void {
    this.choices = { title, list, other };
    this.overlay = "palette";
  }

  chooseMacro(): void {
    const list = saved.macros.map((macro) => ({
      title: macro.name,
      icon: macro.is_note ? "lock" : "rule",
      run: () => {
        this.compose(macro.is_note ? "note" : "reply");
        this.macro = macro;
      },
    }));
    const settings = {
      title: list.length ? t("Change the macros") : t("There is no macro yet: write one"),
      icon: "gear",
      run: () => route.to(at("settings", "macros")),
    };
    this.choose(t("Macro"), [...list, settings]);
  }

  close(): void {
    this.overlay = undefined;
    this.choices = undefined;
  }

  compose(mode: Mode): void {
    this.mode = mode;
    this.focusing += 1;
  }

  /** How it all looks. */
  get look(): Readonly<Look> {
    return { ...this.#look };
  }

  switchTheme(): void {
    const isDark =
      this.#look.theme === undefined
        ? matchMedia("(prefers-color-scheme: dark)").matches
        : this.#look.theme === "dark";
    this.wear({ theme: isDark ? "light" : "dark" });
  }

  switchContrast(): void {
    const { dataset } = document.documentElement;
    this.wear({ contrast: dataset["contrast"] ? "usual" : "high" });
  }

  switchDensity(): void {
    this.wear({ density: this.#look.density ? undefined : "compact" });
  }

  hasRoom(pane: Pane): boolean {
    return matchMedia(ROOM[pane]).matches;
  }

  /** Puts a pane away, or takes it out again. */
  fold(pane: Pane): void {
    this.wear({ [pane]: this.#look[pane] ? undefined : "folded" });
  }

  /** Looks so from now on, here and when the desk is next opened in this browser. */
  wear(look: Look): void {
    this.#look = { ...this.#look, ...look };
    this.#wear();
  }

  #wear(): void {
    const { theme, density, contrast, views, contact } = this.#look;
    const isHigh = contrast === "high" || (!contrast && matchMedia(HIGH_CONTRAST).matches);
    mark("theme", theme);
    mark("density", density);
    mark("views", views);
    mark("contact", contact);
    mark("contrast", isHigh ? "high" : undefined);
    try {
      localStorage.setItem(LOOK_KEY, JSON.stringify(this.#look));
    } catch {
      // It looks so until the page is left.
    }
  }
}

export const ui = new Ui();
