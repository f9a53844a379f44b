// The six kinds of named things, as data: one table and one dialog are drawn from this.
import { team } from "../desk/team.svelte.ts";
import type { FormField, Option } from "./part/form.ts";
import { short } from "./words.ts";
import { t } from "../locale/say.ts";

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
  /** The button that creates one. */
  create: string;
  lead: string;
  empty: string;
  /** What becomes of things that have it, when it is deleted. */
  loss: string;
  columns: readonly Column[];
  fields: readonly FormField[];
}

const NAME: FormField = { name: "name", label: t("Name"), as: "text", isRequired: true };
const DESCRIPTION: FormField = {
  name: "description",
  label: t("What it is for"),
  as: "area",
  isNullable: true,
};
const MODES: Option[] = [
  ["simultaneous", t("All at once")],
  ["random", t("By chance")],
  ["round_robin", t("In turn")],
  ["longest_available", t("Who has been available longest")],
];
const CATEGORIES: Option[] = [
  ["contact", t("Contacts")],
  ["call", t("Calls")],
];
const ATTRIBUTE_KINDS: Option[] = [
  ["text", t("Words")],
  ["number", t("A number")],
  ["flag", t("Yes or no")],
  ["date", t("A day")],
  ["choice", t("One of some choices")],
];
const CHANNELS: Option[] = [
  ["sms", "SMS"],
  ["whatsapp", "WhatsApp"],
  ["voice", t("Voice")],
];

function text(name: string, title: string, none = "–"): Column {
  return { title, text: (row) => (row[name] as string | null) ?? none };
}

function choice(name: string, title: string, options: readonly Option[]): Column {
  return { title, text: (row) => short(options, String(row[name])) };
}

function members({ operator_ids: ids }: Named): string {
  return (ids as string[]).map((id) => team.name(id)).join(", ") || t("Nobody");
}

export const CATALOGUE: readonly Kind[] = [
  {
    path: "tags",
    title: t("Tags"),
    create: t("Create tag"),
    lead: t("Words that are stuck on contacts and conversations."),
    empty: t("There is no tag yet. Create one, or let one come with a lead."),
    loss: t("It is taken off every contact and conversation."),
    columns: [],
    fields: [NAME, { name: "color", label: t("Colour"), as: "color", initial: "#0b6b5b" }],
  },
  {
    path: "dispositions",
    title: t("Dispositions"),
    create: t("Create disposition"),
    lead: t("How things stand with a person, or how a call ended."),
    empty: t("There is no disposition yet. Create one for each way a talk can end."),
    loss: t("Contacts that have it have none any more."),
    columns: [choice("category", t("Said of"), CATEGORIES)],
    fields: [NAME, { name: "category", label: t("Said of"), as: "choice", options: CATEGORIES }],
  },
  {
    path: "attributes",
    title: t("Attributes"),
    create: t("Create attribute"),
    lead: t(
      "What you know of contacts besides: how each value is shown, asked for and filtered by.",
    ),
    empty: t("There is no attribute yet. Create one for what you ask of every contact."),
    loss: t("What contacts have under this name stays as it is."),
    columns: [text("label", t("Label")), choice("kind", t("Kind"), ATTRIBUTE_KINDS)],
    fields: [
      {
        ...NAME,
        hint: t("As the API and forms spell it, such as plan_name: 64 characters at most."),
      },
      {
        name: "label",
        label: t("Label"),
        as: "text",
        isNullable: true,
        hint: t("What people read."),
      },
      { name: "kind", label: t("Kind"), as: "choice", options: ATTRIBUTE_KINDS },
      {
        name: "choices",
        label: t("Choices, one a line"),
        as: "lines",
        isAsked: ({ kind }) => kind === "choice",
      },
    ],
  },
  {
    path: "ring-groups",
    title: t("Ring groups"),
    create: t("Create ring group"),
    lead: t("Operators among whom calls and leads are distributed."),
    empty: t("There is no ring group yet. Create one, and name its members."),
    loss: t("Nothing is distributed among its members any more."),
    columns: [{ title: t("Members"), text: members }, choice("mode", t("Who is next"), MODES)],
    fields: [
      NAME,
      { name: "operator_ids", label: t("Members"), as: "people" },
      {
        name: "mode",
        label: t("Who is next"),
        as: "choice",
        options: MODES,
        hint: t("Leads always go to a member by chance."),
      },
    ],
  },
  {
    path: "lists",
    title: t("Lists"),
    create: t("Create list"),
    lead: t("Contacts kept together under a name."),
    empty: t("There is no list yet. Create one; leads can name it in list_ids."),
    loss: t("Its contacts stay."),
    columns: [text("description", t("What it is for"))],
    fields: [NAME, DESCRIPTION],
  },
  {
    path: "lines",
    title: t("Lines"),
    create: t("Create line"),
    lead: t("The numbers of the business, each on one channel."),
    empty: t("There is no line yet. Add the numbers that people write to and call."),
    loss: t("Nobody is reached over it any more."),
    columns: [
      text("phone_number", t("Number")),
      choice("channel", t("Channel"), CHANNELS),
      {
        title: t("Owner"),
        text: ({ owner_id: id }) => (id ? team.name(String(id)) : t("Everybody")),
      },
    ],
    fields: [
      NAME,
      { name: "phone_number", label: t("Number"), as: "text", isNullable: true },
      { name: "channel", label: t("Channel"), as: "choice", options: CHANNELS },
      {
        name: "owner_id",
        label: t("Owner"),
        as: "person",
        isNullable: true,
        placeholder: t("Everybody"),
        hint: t("A private line is one operator’s."),
      },
    ],
  },
  {
    path: "sequences",
    title: t("Sequences"),
    create: t("Create sequence"),
    lead: t("Timed steps that follow a person up."),
    empty: t("There is no sequence yet. Create one; leads can name it in sequence_id."),
    loss: t("Whoever is enrolled in it is no more."),
    columns: [text("description", t("What it is for"))],
    fields: [NAME, DESCRIPTION],
  },
];
