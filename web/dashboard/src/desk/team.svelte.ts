// Who is signed in, and who works here.
import { api, Problem, type Account, type Operator } from "../api/client.ts";
import { cache } from "./cache.ts";
import { t } from "../locale/say.ts";

const OPERATORS_MAX = 100;

class Team {
  account = $state<Account>();
  operators = $state<Operator[]>([]);

  async load(): Promise<void> {
    const query = { per_page: OPERATORS_MAX };
    const [{ data }, page] = await Promise.all([
      api("get", "/v1/account"),
      api("get", "/v1/operators", { query }),
    ]);
    [this.account, this.operators] = [data, page.data];
    await cache.belongTo(data.operator.id);
    void cache.keepFrame({ account: data, operators: page.data });
  }

  /** As this browser remembers it, where the server does not answer; throws on if it does not. */
  async recall(problem: unknown): Promise<void> {
    const isPassing = problem instanceof Problem && problem.isPassing;
    const kept = isPassing ? await cache.frame() : undefined;
    if (!kept?.account || !kept.operators) throw problem;
    [this.account, this.operators] = [kept.account, kept.operators];
  }

  /** The id of whoever is signed in. */
  get me(): string {
    return this.account?.operator.id ?? "";
  }

  /** Whether they may change anything: a viewer only looks. */
  get mayWrite(): boolean {
    return this.account?.operator.access_role !== "viewer";
  }

  get active(): Operator[] {
    return this.operators.filter((operator) => !operator.deactivated_at);
  }

  name(id: string | null | undefined): string {
    if (!id) return t("Nobody");
    return this.operators.find((operator) => operator.id === id)?.name ?? t("Somebody");
  }
}

export const team = new Team();
