// Contacts as a table of texts: a column for each thing that is known of any of them.
import { team } from "../desk/team.svelte.ts";
import { PROFILE, type ProfileField } from "./profile.ts";
import type { Contact } from "./types.ts";
import { shown } from "./words.ts";
import { t } from "../locale/say.ts";

type Column = readonly [title: string, text: (contact: Contact) => string];

const BETWEEN = "; ";

function columns(dispositions: Record<string, string>, lists: Record<string, string>): Column[] {
  const profile = (Object.keys(PROFILE) as ProfileField[]).map((field): Column => [
    PROFILE[field],
    (contact) => contact.profile[field] ?? "",
  ]);
  return [
    [t("Id"), (contact) => contact.id],
    [t("Name"), (contact) => contact.name ?? ""],
    [t("Email"), (contact) => contact.email ?? ""],
    [t("More emails"), ({ emails }) => rest(emails.map(({ email }) => email))],
    [t("Phone"), (contact) => contact.phone ?? ""],
    [t("More phones"), ({ phones }) => rest(phones.map(({ phone }) => phone))],
    [t("Company"), (contact) => contact.company ?? ""],
    [t("Tags"), ({ tags }) => tags.join(BETWEEN)],
    [t("Owner"), ({ owner_id }) => (owner_id ? team.name(owner_id) : "")],
    [t("Disposition"), ({ disposition_id: id }) => (id ? (dispositions[id] ?? id) : "")],
    [t("Lists"), ({ list_ids }) => list_ids.map((id) => lists[id] ?? id).join(BETWEEN)],
    [t("Source"), (contact) => contact.source],
    [t("Do not contact since"), (contact) => contact.do_not_contact_at ?? ""],
    [t("Opted out of texts since"), (contact) => contact.sms_opted_out_at ?? ""],
    [t("Conversations"), ({ conversations_count }) => String(conversations_count)],
    [t("Last seen"), (contact) => contact.last_seen_at ?? ""],
    [t("Created"), (contact) => contact.created_at],
    [t("Changed"), (contact) => contact.updated_at],
    ...profile,
  ];
}

function rest(all: string[]): string {
  return all.slice(1).join(BETWEEN);
}

/** The head of the table and its rows. */
export function table(
  contacts: Contact[],
  dispositions: Record<string, string>,
  lists: Record<string, string>,
): [head: string[], rows: string[][]] {
  const fixed = columns(dispositions, lists);
  const names = [
    ...new Set(contacts.flatMap(({ custom_attributes }) => Object.keys(custom_attributes))),
  ].sort();
  const head = [...fixed.map(([title]) => title), ...names];
  const rows = contacts.map((contact) => [
    ...fixed.map(([, text]) => text(contact)),
    ...names.map((name) => shown(contact.custom_attributes[name])),
  ]);
  return [head, rows];
}

/** Hands a file to the browser. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
