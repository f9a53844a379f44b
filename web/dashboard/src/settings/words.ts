// What the words of the API are called on the pages.
import type { Option } from "./part/form.ts";

export const LEVELS: Option[] = [
  ["read", "Read: sees everything that is not secret"],
  ["write", "Write: also does the day’s work"],
  ["admin", "Admin: also changes how the workspace is set up"],
];

export const PLANS: Option[] = [
  ["free", "Free: 60 a minute, 10 a second"],
  ["basic", "Basic: 300 a minute, 30 a second"],
  ["professional", "Professional: 1,000 a minute, 100 a second"],
  ["enterprise", "Enterprise: 2,000 a minute, 200 a second"],
];

export const KINDS: Option[] = [
  ["platform", "API: programs that use /v1"],
  ["partner", "Partner: lead capture and its lists, /api"],
  ["intake", "Lead API: one operator’s own token"],
];

export const ROLES: Option[] = [
  ["owner", "Owner: everything, and says who is an owner"],
  ["admin", "Administrator: everything else"],
  ["operator", "Operator: contacts, conversations, visitors"],
  ["viewer", "Viewer: looks at the same"],
];

export const AVAILABILITIES: Option[] = [
  ["available", "Available"],
  ["busy", "Busy"],
  ["on_break", "On a break"],
  ["offline", "Offline"],
  ["on_call", "On a call"],
  ["wrap_up", "Wrapping up"],
  ["ringing", "Ringing"],
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
  return label.split(":")[0] ?? label;
}
