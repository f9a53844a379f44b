// A site's settings as one flat form, and back.
import type { components } from "../api/schema.d.ts";
import type { Option, Values } from "./part/form.ts";
import type { Group } from "./part/SaveForm.svelte";
import { t } from "../locale/say.ts";

export type Site = components["schemas"]["Site"];
type Form = components["schemas"]["Form"];
type Consent = components["schemas"]["Consent"];

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
const ASKED: Option[] = [
  ["name", t("Name")],
  ["email", t("E-mail")],
  ["phone", t("Phone")],
  ["company", t("Company")],
];
const TYPES: Record<string, string> = { email: "email", phone: "tel" };

const hasConsent = ({ consent_text: text }: Values) => Boolean(String(text ?? "").trim());

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
    title: t("Consent"),
    fields: [
      {
        name: "consent_text",
        label: t("What visitors agree to before the first message"),
        as: "area",
        hint: t("Blank asks for nothing. What they agreed to is kept with the conversation."),
      },
      {
        name: "consent_version",
        label: t("Version"),
        as: "text",
        placeholder: "2026-01",
        hint: t("Change it with the words: it says which words somebody agreed to."),
        isAsked: hasConsent,
      },
      {
        name: "consent_required",
        label: t("Nobody may write without it"),
        as: "flag",
        isAsked: hasConsent,
      },
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
  const { theme, texts, pre_chat: asked, offline, locale } = site;
  const words = texts[language(locale)] ?? {};
  const consent = asked?.consent ?? offline?.consent;
  return {
    ...site,
    ...theme,
    locale: locale ?? "auto",
    greeting: words["greeting"] ?? "",
    intro: words["intro"] ?? "",
    asked: namesOf(asked),
    asked_offline: namesOf(offline),
    consent_text: consent?.text ?? "",
    consent_version: consent?.version ?? "",
    consent_required: consent?.is_required ?? false,
  };
}

function namesOf(form: Form | null | undefined): string[] {
  const names = form?.fields.map(({ name }) => name) ?? [];
  return names.filter((name) => ASKED.some(([usual]) => usual === name));
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
  const isConsent = is("consent_text", "consent_version", "consent_required");
  const consent = consentOf(values);
  if (is("asked") || isConsent)
    patch["pre_chat"] = formOf(values["asked"] as string[], site.pre_chat ?? null, consent);
  // What is asked while nobody is there is asked by another form only if it has questions.
  if (is("asked_offline") || (isConsent && site.offline))
    patch["offline"] = offlineOf(values["asked_offline"] as string[], site, consent);
  return patch;
}

function textsOf({ greeting, intro, locale }: Values, { texts }: Site): Values {
  const words = { ...texts[language(locale)], greeting, intro };
  const said = Object.entries(words).filter(([, word]) => word);
  return { ...texts, [language(locale)]: Object.fromEntries(said) };
}

function consentOf(values: Values): Consent | null {
  const text = String(values["consent_text"] ?? "").trim();
  if (!text) return null;
  const version = String(values["consent_version"] ?? "").trim();
  return { text, version, is_required: Boolean(values["consent_required"]) };
}

function offlineOf(names: string[], { offline }: Site, consent: Consent | null): Form | null {
  const form = formOf(names, offline ?? null, consent);
  return form?.fields.length ? form : null;
}

/** What is asked keeps the words that it had; questions of the site's own stay as they are. */
function formOf(names: string[], before: Form | null, consent: Consent | null): Form | null {
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
  return fields.length || consent ? { fields, consent } : null;
}
