// The six kinds of named things, as data: one table and one dialog are drawn from this.
import { team } from "../desk/team.svelte.ts";
import type { FormField, Option } from "./part/form.ts";
import { short } from "./words.ts";

export interface Named {
  id: string;
  number: number;
  name: string;
  created_at: string;
  [more: string]: unknown;
}

export interface Column {
  title: string;
  /** What stands in its cells. */
  text(row: Named): string;
}

export interface Kind {
  /** As the API and the address have it. */
  path: string;
  title: string;
  /** One of them, in a sentence. */
  one: string;
  lead: string;
  empty: string;
  /** What becomes of things that have it, when it is deleted. */
  loss: string;
  columns: readonly Column[];
  fields: readonly FormField[];
}

const NAME: FormField = { name: "name", label: "Name", as: "text", isRequired: true };
const DESCRIPTION: FormField = {
  name: "description",
  label: "What it is for",
  as: "area",
  isNullable: true,
};
const MODES: Option[] = [
  ["simultaneous", "All at once"],
  ["random", "By chance"],
  ["round_robin", "In turn"],
  ["longest_available", "Who has been available longest"],
];
const CATEGORIES: Option[] = [
  ["contact", "Contacts"],
  ["call", "Calls"],
];
const CHANNELS: Option[] = [
  ["sms", "SMS"],
  ["whatsapp", "WhatsApp"],
  ["voice", "Voice"],
];

function text(name: string, title: string, none = "–"): Column {
  return { title, text: (row) => (row[name] as string | null) ?? none };
}

function choice(name: string, title: string, options: readonly Option[]): Column {
  return { title, text: (row) => short(options, String(row[name])) };
}

function members({ operator_ids: ids }: Named): string {
  return (ids as string[]).map((id) => team.name(id)).join(", ") || "Nobody";
}

export const CATALOGUE: readonly Kind[] = [
  {
    path: "tags",
    title: "Tags",
    one: "tag",
    lead: "Words that are stuck on contacts and conversations.",
    empty: "There is no tag yet. Create one, or let one come with a lead.",
    loss: "It is taken off every contact and conversation.",
    columns: [],
    fields: [NAME, { name: "color", label: "Colour", as: "color", initial: "#0b6b5b" }],
  },
  {
    path: "dispositions",
    title: "Dispositions",
    one: "disposition",
    lead: "How things stand with a person, or how a call ended.",
    empty: "There is no disposition yet. Create one for each way a talk can end.",
    loss: "Contacts that have it have none any more.",
    columns: [choice("category", "Said of", CATEGORIES)],
    fields: [NAME, { name: "category", label: "Said of", as: "choice", options: CATEGORIES }],
  },
  {
    path: "ring-groups",
    title: "Ring groups",
    one: "ring group",
    lead: "Operators among whom calls and leads are distributed.",
    empty: "There is no ring group yet. Create one, and name its members.",
    loss: "Nothing is distributed among its members any more.",
    columns: [{ title: "Members", text: members }, choice("mode", "Who is next", MODES)],
    fields: [
      NAME,
      { name: "operator_ids", label: "Members", as: "people" },
      {
        name: "mode",
        label: "Who is next",
        as: "choice",
        options: MODES,
        hint: "Leads always go to a member by chance.",
      },
    ],
  },
  {
    path: "lists",
    title: "Lists",
    one: "list",
    lead: "Contacts kept together under a name.",
    empty: "There is no list yet. Create one; leads can name it in list_ids.",
    loss: "Its contacts stay.",
    columns: [text("description", "What it is for")],
    fields: [NAME, DESCRIPTION],
  },
  {
    path: "lines",
    title: "Lines",
    one: "line",
    lead: "The numbers of the business, each on one channel.",
    empty: "There is no line yet. Add the numbers that people write to and call.",
    loss: "Nobody is reached over it any more.",
    columns: [
      text("phone_number", "Number"),
      choice("channel", "Channel", CHANNELS),
      {
        title: "Owner",
        text: ({ owner_id: id }) => (id ? team.name(String(id)) : "Everybody"),
      },
    ],
    fields: [
      NAME,
      { name: "phone_number", label: "Number", as: "text", isNullable: true },
      { name: "channel", label: "Channel", as: "choice", options: CHANNELS },
      {
        name: "owner_id",
        label: "Owner",
        as: "person",
        isNullable: true,
        placeholder: "Everybody",
        hint: "A private line is one operator’s.",
      },
    ],
  },
  {
    path: "sequences",
    title: "Sequences",
    one: "sequence",
    lead: "Timed steps that follow a person up.",
    empty: "There is no sequence yet. Create one; leads can name it in sequence_id.",
    loss: "Whoever is enrolled in it is no more.",
    columns: [text("description", "What it is for")],
    fields: [NAME, DESCRIPTION],
  },
];
