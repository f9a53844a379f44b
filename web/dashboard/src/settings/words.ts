// What the words of the API are called on the pages.
import type { Option } from "./part/form.ts";
import { t } from "../locale/say.ts";

export const LEVELS: Option[] = [
  ["read", t("Read: sees everything that is not secret")],
  ["write", t("Write: also does the day’s work")],
  ["admin", t("Admin: also changes how the workspace is set up")],
];

export const PLANS: Option[] = [
  ["free", t("Free: 60 a minute, 10 a second")],
  ["basic", t("Basic: 300 a minute, 30 a second")],
  ["professional", t("Professional: 1,000 a minute, 100 a second")],
  ["enterprise", t("Enterprise: 2,000 a minute, 200 a second")],
];

export const KINDS: Option[] = [
  ["platform", t("API: programs that use /v1")],
  ["partner", t("Partner: lead capture and its lists, /api")],
  ["intake", t("Lead API: one operator’s own token")],
];

export const ROLES: Option[] = [
  ["owner", t("Owner: everything, and says who is an owner")],
  ["admin", t("Administrator: everything else")],
  ["operator", t("Operator: contacts, conversations, visitors")],
  ["viewer", t("Viewer: looks at the same")],
];

export const AVAILABILITIES: Option[] = [
  ["available", t("Available")],
  ["busy", t("Busy")],
  ["on_break", t("On a break")],
  ["offline", t("Offline")],
  ["on_call", t("On a call")],
  ["wrap_up", t("Wrapping up")],
  ["ringing", t("Ringing")],
];

export const SCOPES: Option[] = [
  "contacts:read",
  "contacts:write",
  "conversations:read",
  "conversations:write",
  "visitors:read",
  "chatbots:read",
  "chatbots:write",
  "webhooks:manage",
  "operators:read",
].map((scope): Option => [scope, scope]);

/** The label up to its colon: what stands in a table. */
export function short(options: readonly Option[], value: string): string {
  const [, label = value] = options.find(([known]) => known === value) ?? [];
  return label.split(/\s?[:：]/)[0] ?? label;
}
