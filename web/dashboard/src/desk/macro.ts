// Words of a macro with what is known put in: {{contact.first_name|there}} is the first name, or
// "there" where there is none.
import type { Account, Contact } from "../api/client.ts";

export interface Known {
  contact?: Contact | undefined;
  account?: Account | undefined;
  /** What the visitor is called, where there is no contact. */
  name?: string | null | undefined;
}

const VARIABLE = /\{\{\s*([\w.]+)\s*(?:\|([^}]*))?\}\}/g;

/** Puts in what is known. What is not known, and has nothing to stand for it, stays as it is. */
export function filled(text: string, known: Known): string {
  return text.replace(VARIABLE, (whole, name: string, fallback?: string) => {
    return value(name, known) || fallback?.trim() || whole;
  });
}

/** The variables that are still in a text: it must not be sent with them. */
export function missing(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = ""]) => name);
}

function value(name: string, { contact, account, name: called }: Known): string {
  const [of = "", field = ""] = name.split(".");
  if (of === "contact") return ofContact(field, contact, called ?? "");
  if (of === "operator" && account) {
    return field === "first_name"
      ? first(account.operator.name)
      : text((account.operator as Record<string, unknown>)[field]);
  }
  return of === "workspace" && field === "name" ? (account?.workspace.name ?? "") : "";
}

function ofContact(field: string, contact: Contact | undefined, called: string): string {
  const name = contact?.name ?? called;
  if (field === "name") return name;
  if (field === "first_name") return first(name);
  if (!contact) return "";
  const attributes = contact.custom_attributes as Record<string, unknown>;
  return text((contact as Record<string, unknown>)[field]) || text(attributes[field]);
}

function text(found: unknown): string {
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

function first(name: string): string {
  return name.trim().split(/\s+/)[0] ?? "";
}
