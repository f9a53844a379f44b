// What webhooks are told of, and how they are set up.
import { api } from "../api/client.ts";
import type { components } from "../api/schema.d.ts";
import type { FormField, Option, Values } from "./part/form.ts";
import { t } from "../locale/say.ts";

export type Webhook = components["schemas"]["Webhook"];
export type Shape = Webhook["shape"];
export type Delivery = components["schemas"]["Page_Delivery"]["data"][number];
export type Attempt = components["schemas"]["Attempt"];

export const LOGS = { path: "developers/webhooks/logs" };
export const ALL = "*";

export const EVENTS: Record<Shape, readonly string[]> = {
  platform: [
    "conversation.created",
    "conversation.closed",
    "conversation.assigned",
    "conversation.rated",
    "message.created",
    "contact.created",
    "contact.updated",
    "visitor.identified",
    "visitor.page_viewed",
    "chatbot.triggered",
    "chatbot.completed",
    "operator.status_changed",
  ],
  aloware: [
    "ContactCreated",
    "ContactUpdated",
    "ContactDisposed",
    "ContactDNCUpdated",
    "InboundSMS-DispositionCompleted",
    "OutboundSMS-DispositionCompleted",
    "InboundPhoneCall-Initiated",
    "OutboundPhoneCall-Initiated",
    "InboundPhoneCall-DispositionCompleted",
    "OutboundPhoneCall-DispositionCompleted",
    "CallDisposed",
    "AppointmentSaved",
    "VoicemailSaved",
    "RecordingSaved",
    "TranscriptionSaved",
    "transcription.call.summarized",
  ],
  hook: ["lead.created", "lead.hot", "message.received", "meeting.booked"],
};

/** What an event is about: `conversation` of `conversation.closed`, `Contact` of `ContactUpdated`. */
function subjectOf(event: string): string {
  const [first = ""] = event.split(".");
  if (first !== event) return first;
  return (
    ["PhoneCall", "Call", "SMS", "Contact"].find((word) => event.includes(word)) ??
    t("Everything else")
  );
}

export function bySubject(events: readonly string[]): [subject: string, events: string[]][] {
  const groups = new Map<string, string[]>();
  for (const event of events) {
    const subject = subjectOf(event);
    groups.set(subject, [...(groups.get(subject) ?? []), event]);
  }
  return [...groups];
}

const SHAPES: Option[] = [
  ["platform", t("Signed events, as the API documents have them")],
  ["aloware", t("Aloware’s form: event and body")],
  ["hook", t("The bare object, for automations")],
];
const RETRIES: Option[] = [
  ["standard", t("Five times, within 43 minutes")],
  ["long", t("Eleven times, over three days")],
];
const AUTHS: Option[] = [
  ["none", t("Nothing")],
  ["basic", t("A name and a password")],
  ["bearer", t("A token")],
];

export const FIRST_FIELDS: readonly FormField[] = [
  {
    name: "url",
    label: "URL",
    as: "url",
    isRequired: true,
    placeholder: "https://example.com/hooks/switchboard",
    hint: t("It must answer 2xx within 10 seconds."),
  },
  { name: "name", label: t("Name"), as: "text", isNullable: true },
];
export const SHAPE_FIELD: FormField = {
  name: "shape",
  label: t("Form of the requests"),
  as: "choice",
  options: SHAPES,
};
export const MORE_FIELDS: readonly FormField[] = [
  { name: "description", label: t("Description"), as: "area", isNullable: true },
  {
    name: "ordered",
    label: t("Keep the order for each subject"),
    as: "flag",
    hint: t(
      "What is about one conversation or contact waits until what came before it has arrived.",
    ),
  },
  { name: "retries", label: t("Try again"), as: "choice", options: RETRIES },
  {
    name: "delay_seconds",
    label: t("Seconds to wait before the first try"),
    as: "number",
    min: 0,
    max: 86_400,
    initial: 0,
  },
  {
    name: "disable_after_hours",
    label: t("Pause it after so many hours without success"),
    as: "number",
    min: 1,
    max: 720,
    isNullable: true,
    placeholder: t("Never"),
  },
];

export function authFields(isKept: boolean): readonly FormField[] {
  const kept: Option[] = isKept ? [["", t("What it shows now")]] : [];
  const is = (kind: string) => (values: Values) => values["auth_type"] === kind;
  return [
    {
      name: "auth_type",
      label: t("What requests show to be let in"),
      as: "choice",
      options: [...kept, ...AUTHS],
    },
    { name: "username", label: t("Name"), as: "text", isAsked: is("basic") },
    { name: "password", label: t("Password"), as: "text", isAsked: is("basic") },
    { name: "token", label: t("Token"), as: "text", isAsked: is("bearer") },
  ];
}

/** What was said of letting in, as the API has it; nothing if it stays. */
export function authOf({ auth_type: type, username, password, token }: Values): object {
  if (type === "basic") return { auth: { type, username, password } };
  if (type === "bearer") return { auth: { type, token } };
  return type === "none" ? { auth: { type } } : {};
}

export function nameOf({ name, url }: Webhook): string {
  return name || hostOf(url);
}

/** An address without what all of them begin with. */
export function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

export function eventsOf({ events }: Webhook): string {
  const [first = "", ...more] = events;
  if (events.includes(ALL)) return t("All events");
  return more.length ? t("{first}, {n} more", { first, n: more.length }) : first;
}

export async function allWebhooks(): Promise<Webhook[]> {
  return (await api("get", "/v1/webhooks", { query: { limit: 100 } })).data;
}

export const STATES = {
  active: { face: "ok", icon: "check", text: t("Healthy") },
  failed: { face: "fail", icon: "alert", text: t("Failing") },
  disabled: { face: "retry", icon: "ban", text: t("Paused") },
} as const;

export const ARRIVALS = {
  pending: { face: "", icon: "clock", text: t("Pending") },
  delivered: { face: "ok", icon: "check", text: t("Delivered") },
  retrying: { face: "retry", icon: "retry", text: t("Retrying") },
  failed: { face: "fail", icon: "alert", text: t("Failed") },
} as const;
