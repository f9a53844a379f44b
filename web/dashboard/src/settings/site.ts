// A site's settings as one flat form, and back.
import type { components } from "../api/schema.d.ts";
import type { Option, Values } from "./part/form.ts";
import type { Group } from "./part/SaveForm.svelte";
import { t } from "../locale/say.ts";

export type Site = components["schemas"]["Site"];
type Hours = components["schemas"]["Hours"];
type Form = components["schemas"]["Form"];

const LANGUAGES: Option[] = [
  ["auto", t("The page’s, then the browser’s")],
  ["en", t("English")],
  ["ar", t("Arabic")],
  ["de", t("German")],
  ["es", t("Spanish")],
  ["fr", t("French")],
  ["it", t("Italian")],
  ["ja", t("Japanese")],
  ["nl", t("Dutch")],
  ["pl", t("Polish")],
  ["pt-BR", t("Portuguese, Brazil")],
];
const DAYS: Option[] = [
  ["mon", t("Monday")],
  ["tue", t("Tuesday")],
  ["wed", t("Wednesday")],
  ["thu", t("Thursday")],
  ["fri", t("Friday")],
  ["sat", t("Saturday")],
  ["sun", t("Sunday")],
];
const ASKED: Option[] = [
  ["name", t("Name")],
  ["email", t("E-mail")],
  ["phone", t("Phone")],
  ["company", t("Company")],
];
const TYPES: Record<string, string> = { email: "email", phone: "tel" };

const hasHours = ({ has_hours: has }: Values) => Boolean(has);

export const SITE_GROUPS: readonly Group[] = [
  {
    title: t("Look"),
    fields: [
      { name: "name", label: t("Name"), as: "text", isRequired: true, hint: t("Visitors see it.") },
      {
        name: "accent",
        label: t("Colour"),
        as: "color",
        hint: t("It is moved until everybody can read it."),
      },
      {
        name: "scheme",
        label: t("Light or dark"),
        as: "choice",
        options: [
          ["auto", t("As the visitor’s system")],
          ["light", t("Light")],
          ["dark", t("Dark")],
        ],
      },
      {
        name: "side",
        label: t("Side"),
        as: "choice",
        options: [
          ["end", t("Right, or left in languages from right to left")],
          ["start", t("Left, or right in languages from right to left")],
        ],
      },
      {
        name: "launcher",
        label: t("Round button"),
        as: "choice",
        options: [
          ["show", t("Is shown")],
          ["hide", t("Is hidden: your page opens the chat")],
        ],
      },
    ],
  },
  {
    title: t("Words"),
    fields: [
      { name: "locale", label: t("Language"), as: "choice", options: LANGUAGES },
      {
        name: "greeting",
        label: t("Greeting"),
        as: "text",
        placeholder: t("Hello"),
        hint: t("In the language above; English if it is the visitor’s."),
      },
      {
        name: "intro",
        label: t("What follows it"),
        as: "text",
        placeholder: t("Ask us anything."),
      },
      {
        name: "privacy_url",
        label: t("Privacy notice"),
        as: "url",
        isNullable: true,
        placeholder: "https://example.com/privacy",
      },
      { name: "asked", label: t("Ask before the first message"), as: "checks", options: ASKED },
      {
        name: "asked_offline",
        label: t("Ask while nobody is there"),
        as: "checks",
        options: ASKED,
        hint: t("Nothing here asks the same as above."),
      },
    ],
  },
  {
    title: t("Hours"),
    fields: [
      { name: "has_hours", label: t("Somebody is there at certain hours only"), as: "flag" },
      {
        name: "hours_timezone",
        label: t("Time zone"),
        as: "text",
        placeholder: "Europe/Lisbon",
        isAsked: hasHours,
      },
      ...DAYS.map(([name, label]) => ({
        name,
        label,
        as: "text" as const,
        isNullable: true,
        placeholder: t("Closed"),
        ...(name === "mon" && { hint: t("Such as 09:00-12:30, 14:00-18:00. Blank is closed.") }),
        isAsked: hasHours,
      })),
    ],
  },
  {
    title: t("Visitors"),
    fields: [
      {
        name: "origins",
        label: t("Where its pages are, one a line"),
        as: "lines",
        placeholder: "https://example.com",
        hint: t("Without any, every website may show the widget."),
      },
      {
        name: "tracking",
        label: t("Pages that visitors open"),
        as: "choice",
        options: [
          ["on", t("Are written down, unless the browser objects")],
          ["consent", t("Are written down once the visitor agreed")],
          ["off", t("Are not written down")],
        ],
      },
      {
        name: "page_events",
        label: t("Webhooks are told of pages"),
        as: "choice",
        options: [
          ["together", t("Together")],
          ["each", t("Each by itself")],
        ],
      },
      {
        name: "addresses",
        label: t("Addresses of visitors’ machines"),
        as: "choice",
        options: [
          ["kept", t("Are kept for a week")],
          ["never", t("Are never kept")],
        ],
      },
      {
        name: "rating",
        label: t("After a chat"),
        as: "choice",
        options: [
          ["asked", t("Visitors are asked to rate it")],
          ["never", t("They are not")],
        ],
      },
      {
        name: "identity",
        label: t("Who may write"),
        as: "choice",
        options: [
          ["optional", t("Everybody")],
          ["required", t("Only visitors whom your server vouches for")],
        ],
        hint: t("Your server signs who they are, with a secret from below."),
      },
    ],
  },
];

function language(locale: unknown): string {
  return typeof locale === "string" && locale && locale !== "auto" ? locale : "en";
}

/** The site as the form has it. */
export function flat(site: Site): Values {
  const { theme, texts, hours, pre_chat: asked, offline, locale } = site;
  const words = texts[language(locale)] ?? {};
  const days = DAYS.map(([day]) => [day, spelled(hours?.days[day])] as const);
  return {
    ...site,
    ...theme,
    locale: locale ?? "auto",
    greeting: words["greeting"] ?? "",
    intro: words["intro"] ?? "",
    asked: namesOf(asked),
    asked_offline: namesOf(offline),
    has_hours: Boolean(hours),
    hours_timezone: hours?.timezone ?? "",
    ...Object.fromEntries(days),
  };
}

function namesOf(form: Form | null | undefined): string[] {
  const names = form?.fields.map(({ name }) => name) ?? [];
  return names.filter((name) => ASKED.some(([usual]) => usual === name));
}

function spelled(times: string[][] | undefined): string | null {
  return times?.map((time) => time.join("-")).join(", ") ?? null;
}

function times(text: unknown): string[][] {
  if (typeof text !== "string" || !text.trim()) return [];
  return text.split(",").map((time) => time.split(/[-–]/).map((end) => end.trim()));
}

/** What was changed in the form, as the API has it. A part that is an object goes whole. */
export function patchOf(changed: Values, values: Values, site: Site): Values {
  const is = (...names: string[]) => names.some((name) => name in changed);
  const plain = [
    ...["name", "locale", "privacy_url", "origins", "tracking", "page_events"],
    ...["addresses", "rating", "identity"],
  ];
  const patch: Values = Object.fromEntries(
    Object.entries(changed).filter(([name]) => plain.includes(name)),
  );
  const { accent, scheme, side, launcher } = values;
  if (is("accent", "scheme", "side", "launcher"))
    patch["theme"] = { accent, scheme, side, launcher };
  if (is("greeting", "intro")) patch["texts"] = textsOf(values, site);
  if (is("asked")) patch["pre_chat"] = formOf(values["asked"] as string[], site.pre_chat ?? null);
  if (is("asked_offline"))
    patch["offline"] = formOf(values["asked_offline"] as string[], site.offline ?? null);
  if (is("has_hours", "hours_timezone", ...DAYS.map(([day]) => day)))
    patch["hours"] = values["has_hours"] ? hoursOf(values, site.hours ?? null) : null;
  return patch;
}

function textsOf({ greeting, intro, locale }: Values, { texts }: Site): Values {
  const words = { ...texts[language(locale)], greeting, intro };
  const said = Object.entries(words).filter(([, word]) => word);
  return { ...texts, [language(locale)]: Object.fromEntries(said) };
}

function hoursOf(values: Values, before: Hours | null): Values {
  const open = DAYS.map(([day]) => [day, times(values[day])] as const);
  const days = Object.fromEntries(open.filter(([, spans]) => spans.length));
  return { timezone: values["hours_timezone"], days, holidays: before?.holidays ?? [] };
}

/** What is asked keeps the words that it had; questions of the site's own stay as they are. */
function formOf(names: string[], before: Form | null): Values | null {
  const known = before?.fields ?? [];
  const own = known.filter(({ name }) => !ASKED.some(([usual]) => usual === name));
  const usual = ASKED.filter(([name]) => names.includes(name)).map(
    ([name, label]) =>
      known.find((field) => field.name === name) ?? {
        name,
        label,
        type: TYPES[name] ?? "text",
        is_required: name === "email",
        options: [],
      },
  );
  const fields = [...usual, ...own];
  return fields.length || before?.consent ? { fields, consent: before?.consent ?? null } : null;
}

export function snippetOf({ key }: Site): string {
  return `<script async src="${location.origin}/widget/${key}.js"></${"script"}>`;
}
