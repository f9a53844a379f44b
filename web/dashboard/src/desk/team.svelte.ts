// Who is signed in, and who works here.
import { api, type Account, type Operator } from "../api/client.ts";
import { t } from "../locale/say.ts";

const OPERATORS_MAX = 100;

class Team {
  account = $state<Account>();
  operators = $state<Operator[]>([]);

  async load(): Promise<void> {
    this.account = (await api("get", "/v1/account")).data;
    const page = await api("get", "/v1/operators", { query: { per_page: OPERATORS_MAX } });
    this.operators = page.data;
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
