// What is to be set up first: how far it came stands on the server, so it goes on on another device.
import { api } from "../api/client.ts";
import type { components } from "../api/schema.d.ts";
import { team } from "../desk/team.svelte.ts";
import { t } from "../locale/say.ts";

export type FirstRunState = components["schemas"]["FirstRun"];
export type Screen = "admin" | "site" | "snippet" | "mail";
export type Outcome = components["schemas"]["Outcome"];

export const SCREENS: readonly { screen: Screen; title: string }[] = [
  { screen: "admin", title: t("You") },
  { screen: "site", title: t("Your site") },
  { screen: "snippet", title: t("On your pages") },
  { screen: "mail", title: t("Mail") },
];

class FirstRun {
  #now = $state.raw<FirstRunState>();

  /** Whether it is to be shown: it has begun here, and nobody has ended it. */
  get isOpen(): boolean {
    return Boolean(this.#now?.begun_at && !this.#now.ended_at);
  }

  /** Whether an empty inbox says what to do next. */
  get hasHints(): boolean {
    return Boolean(this.#now?.begun_at && this.#now.ended_at && !this.#now.hidden_at);
  }

  get steps(): Record<string, Outcome> {
    return this.#now?.steps ?? {};
  }

  /** The first screen that nobody went past. */
  get next(): Screen {
    const open = SCREENS.find(({ screen }) => !this.steps[screen]);
    return open?.screen ?? "mail";
  }

  /** Only those who may change the settings are asked. */
  async load(): Promise<void> {
    const role = team.account?.operator.access_role;
    if (role !== "owner" && role !== "admin") return;
    this.#now = (await api("get", "/v1/first-run")).data;
  }

  async pass(screen: Screen, outcome: Outcome): Promise<void> {
    await this.#save({ steps: { [screen]: outcome } });
  }

  async end(): Promise<void> {
    await this.#save({ is_ended: true });
  }

  async hide(): Promise<void> {
    await this.#save({ is_hidden: true });
  }

  async #save(body: Partial<components["schemas"]["FirstRunPatch"]>): Promise<void> {
    this.#now = (await api("patch", "/v1/first-run", { body })).data;
  }
}

export const firstRun = new FirstRun();
