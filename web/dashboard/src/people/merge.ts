// Which value survives where two contacts differ. The server keeps those of the one that is kept and
// fills its blanks; what was chosen of the other one is set afterwards.
import { team } from "../desk/team.svelte.ts";
import type { Contact, ContactPatch } from "./types.ts";
import { shown } from "./words.ts";
import { PROFILE, type ProfileField } from "./profile.ts";
import { t } from "../locale/say.ts";

export interface Difference {
  key: string;
  title: string;
  /** What each of them has, in words. */
  ours: string;
  theirs: string;
  /** What sets theirs. */
  patch: ContactPatch;
}

type Word = (id: string) => string;

/** Where both have a value, and not the same one. */
export function differences(ours: Contact, theirs: Contact, disposition: Word): Difference[] {
  const found: Difference[] = [];
  const add = (
    key: string,
    title: string,
    [our, their]: [unknown, unknown],
    patch: ContactPatch,
    word: (value: unknown) => string = shown,
  ) => {
    if (isBlank(our) || isBlank(their) || shown(our) === shown(their)) return;
    found.push({ key, title, ours: word(our), theirs: word(their), patch });
  };
  const { name, email, phone, company, avatar_url, owner_id, disposition_id } = theirs;
  add("name", t("Name"), [ours.name, name], { name: name ?? null });
  add("email", t("First email"), [ours.email, email], { email: email ?? null });
  add("phone", t("First phone"), [ours.phone, phone], { phone: phone ?? null });
  add("company", t("Company"), [ours.company, company], { company: company ?? null });
  add("avatar_url", t("Picture"), [ours.avatar_url, avatar_url], {
    avatar_url: avatar_url ?? null,
  });
  add("owner_id", t("Owner"), [ours.owner_id, owner_id], { owner_id: owner_id ?? null }, (id) =>
    team.name(String(id)),
  );
  const set = { disposition_id: disposition_id ?? null };
  add("disposition_id", t("Disposition"), [ours.disposition_id, disposition_id], set, (id) =>
    disposition(String(id)),
  );
  for (const field of Object.keys(PROFILE) as ProfileField[]) {
    const pair: [unknown, unknown] = [ours.profile[field], theirs.profile[field]];
    const patch = { profile: { [field]: theirs.profile[field] ?? null } };
    add(`profile.${field}`, PROFILE[field], pair, patch);
  }
  for (const [key, value] of Object.entries(theirs.custom_attributes)) {
    const patch = { custom_attributes: { [key]: value } };
    add(`custom_attributes.${key}`, key, [ours.custom_attributes[key], value], patch);
  }
  return found;
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === "";
}

/** All of them as one. */
export function patchOf(chosen: Difference[]): ContactPatch {
  const all: ContactPatch = {};
  for (const { patch } of chosen) {
    const { profile, custom_attributes, ...flat } = patch;
    Object.assign(all, flat);
    if (profile) all.profile = { ...all.profile, ...profile };
    if (custom_attributes) {
      all.custom_attributes = { ...all.custom_attributes, ...custom_attributes };
    }
  }
  return all;
}
