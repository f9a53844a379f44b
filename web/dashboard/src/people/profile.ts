import type { Contact } from "./types.ts";

export type ProfileField = keyof Contact["profile"];

/** What the fields of a profile are called, in the order in which they are shown. */
export const PROFILE: Record<ProfileField, string> = {
  first_name: "First name",
  last_name: "Last name",
  date_of_birth: "Date of birth",
  timezone: "Time zone",
  address: "Address",
  zipcode: "Postcode",
  city: "City",
  state: "State or region",
  country: "Country",
  website: "Website",
  lead_source: "Lead source",
  intake_source: "Intake source",
  csf1: "Custom field 1",
  csf2: "Custom field 2",
  notes: "Notes",
};

/** Those that are known, with their names. */
export function known(contact: Contact): [ProfileField, string][] {
  return (Object.keys(PROFILE) as ProfileField[]).flatMap((name) => {
    const value = contact.profile[name];
    return value ? [[name, value] as [ProfileField, string]] : [];
  });
}
