// The keys of the workspace, and the one that was just made.
import { api } from "../api/client.ts";
import { Listing } from "../desk/listing.svelte.ts";
import type { components } from "../api/schema.d.ts";
import type { FormField, Values } from "./part/form.ts";
import { KINDS, LEVELS, PLANS } from "./words.ts";
import { t } from "../locale/say.ts";

export type Key = components["schemas"]["Key"];
export type MadeKey = components["schemas"]["MadeKey"];
export type KeyKind = Key["kind"];

const isIntake = ({ kind }: Values) => kind === "intake";

export const KEY_FIELDS: readonly FormField[] = [
  {
    name: "name",
    label: t("Name"),
    as: "text",
    isRequired: true,
    hint: t("What will use it: you find it again by this."),
  },
  { name: "kind", label: t("Kind"), as: "choice", options: KINDS },
  { name: "level", label: t("Level"), as: "choice", options: LEVELS, initial: "write" },
  {
    name: "plan",
    label: t("How often it may ask"),
    as: "choice",
    options: PLANS,
    initial: "enterprise",
    isAsked: (values) => !isIntake(values),
  },
  {
    name: "operator_id",
    label: t("Whose it is"),
    as: "person",
    isRequired: true,
    placeholder: t("Choose an operator"),
    isAsked: isIntake,
  },
];

/** A page's own list of keys: those of some kinds. */
export class Keyring {
  made = $state.raw<MadeKey>();
  readonly listing: Listing<Key>;

  constructor(kinds: readonly KeyKind[]) {
    this.listing = new Listing(async () => {
      const { data } = await api("get", "/v1/keys");
      return { data: data.filter(({ kind, revoked_at }) => !revoked_at && kinds.includes(kind)) };
    });
  }

  async make(body: object): Promise<void> {
    const { data } = await api("post", "/v1/keys", { body });
    this.made = data;
    await this.listing.load();
  }

  async revoke(key: Key): Promise<void> {
    await api("delete", "/v1/keys/{id}", { id: key.id });
    if (this.made?.id === key.id) this.made = undefined;
    this.listing.drop(key.id);
  }
}
