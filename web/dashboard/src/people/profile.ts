import type { Contact } from "./types.ts";
import { t } from "../locale/say.ts";

export type ProfileField = keyof Contact["profile"];

/** What the fields of a profile are called, in the order in which they are shown. */
export const PROFILE: Record<ProfileField, string> = {
  first_name: t("First name"),
  last_name: t("Last name"),
  date_of_birth: t("Date of birth"),
  timezone: t("Time zone"),
  address: t("Address"),
  zipcode: t("Postcode"),
  city: t("City"),
  state: t("State or region"),
  country: t("Country"),
  website: t("Website"),
  lead_source: t("Lead source"),
  intake_source: t("Intake source"),
  csf1: t("Custom field 1"),
  csf2: t("Custom field 2"),
  notes: t("Notes"),
};

/** Those that are known, with their names. */
export function known(contact: Contact): [ProfileField, string][] {
  return (Object.keys(PROFILE) as ProfileField[]).flatMap((name) => {
    const value = contact.profile[name];
    return value ? [[name, value] as [ProfileField, string]] : [];
  });
}
