// What became of a lead, in words.
import type { Receipt } from "./types.ts";
import { t } from "../locale/say.ts";

const CREATED = 201;
const REFUSED = 400;

interface Outcome {
  word: string;
  look: "ok" | "retry" | "fail";
  icon: "check" | "alert" | "ban";
}

export const DOORS: Record<Receipt["door"], string> = {
  forms: t("Lead form"),
  save_lead: t("Lead widget"),
};

/** By what somebody was recognised. */
export const MATCHED: Record<string, string> = {
  email: t("known by their email"),
  phone: t("known by their number"),
  session: t("known by their session"),
};

export function outcome(receipt: Receipt): Outcome {
  if (receipt.status >= REFUSED) return { word: t("Refused"), look: "fail", icon: "ban" };
  const word = receipt.rerun_of
    ? t("Replayed")
    : receipt.status === CREATED
      ? t("Created")
      : t("Updated");
  const isWarned = receipt.warnings.length > 0;
  return { word, look: isWarned ? "retry" : "ok", icon: isWarned ? "alert" : "check" };
}

/** What it says of the person, whatever the door calls it. */
export function person(receipt: Receipt): string {
  const seen: Record<string, unknown> = { ...receipt.request, ...receipt.normalised };
  for (const field of ["name", "lead_name", "email", "lead_email", "phone_number", "phone"]) {
    const value = seen[field];
    if (typeof value === "string" && value) return value;
  }
  return t("Somebody");
}

/** "power_dialer" as people write it. */
export function thing(action: string): string {
  const words = action.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
