// What the two doors for leads take and answer, as the documents have it.
import { t } from "../locale/say.ts";

interface Row {
  name: string;
  text: string;
  isRequired?: boolean;
}

export interface Door {
  title: string;
  method: string;
  path: string;
  lead: string;
  fields: readonly Row[];
  answers: readonly Row[];
  example: object;
  success: string;
  failure: string;
  note: string;
}

export const TOKEN = "YOUR_TOKEN";

export const FORMS: Door = {
  title: t("Lead intake"),
  method: "POST",
  path: "/api/v1/webhook/forms",
  lead: t(
    "Creates or updates a contact. Clients of Aloware’s lead intake change the host and the token, and nothing else. Parameters may be in the query, in JSON or in a form.",
  ),
  fields: [
    { name: "api_token", text: t("The token of a user, from the list above."), isRequired: true },
    {
      name: "phone_number",
      text: t("In any spelling. The contact is found by it."),
      isRequired: true,
    },
    { name: "name, first_name, last_name", text: t("Whole, or in parts.") },
    { name: "email, company_name, address, website, notes", text: t("As they are.") },
    {
      name: "city, state, zipcode, country, timezone",
      text: t("Blanks are filled from the number."),
    },
    { name: "date_of_birth", text: "MM/DD/YYYY." },
    {
      name: "lead_source, source, csf1, csf2",
      text: t("Where they come from, and two custom fields."),
    },
    { name: "other_phone_numbers", text: t("A list of phone_number and label.") },
    { name: "user_id", text: t("The owner.") },
    {
      name: "distribute_to_ring_group, ring_group_id",
      text: t("The owner is a member of the ring group, by chance."),
    },
    {
      name: "check_available_users",
      text: t("Only among those who are available; …_with_fallback among all if none is."),
    },
    { name: "add_to_powerdialer, powerdialer_position", text: t("top, unless it is bottom.") },
    { name: "sequence_id, force_update_sequence", text: t("Enrols them.") },
    {
      name: "line_id, tag_id, tags, disposition_status_id, list_ids, is_dnc",
      text: t("Are put on."),
    },
    { name: "force_update", text: t("Replaces what is known. Otherwise blanks are filled.") },
  ],
  answers: [
    { name: "201", text: t("Nobody had the number: a contact was created.") },
    { name: "200", text: t("Somebody had, and force_update replaced what was sent.") },
    { name: "202", text: t("Somebody had: blanks were filled.") },
    { name: "400", text: t("There is no number, or it is none.") },
    { name: "401, 403", text: t("The token is not known, or may only read.") },
    { name: "429", text: t("More than 1,000 requests in a minute with one token.") },
  ],
  example: {
    api_token: TOKEN,
    phone_number: "(818) 740-5020",
    name: "Grace Hopper",
    email: "grace@example.com",
    lead_source: t("Website"),
  },
  success: '{"message":"Contact created.","contact_id":1,"receipt_id":"rcp_…"}',
  failure:
    '{"message":"The given data was invalid.","errors":{"phone_number":["The phone number field is required."]}}',
  note: t(
    "Only the token and the number can make a request fail. Whatever else cannot be read is left out, and the header X-Intake-Warnings says so.",
  ),
};

export const SAVE_LEAD: Door = {
  title: t("Lead capture"),
  method: "POST",
  path: "/api/save-lead",
  lead: t(
    "Saves one conversation of a website’s chat as a lead, as Ora’s widget does. It needs no key, so that a page can send it.",
  ),
  fields: [
    {
      name: "session_id",
      text: t("Names the conversation. Saving it again updates the lead."),
      isRequired: true,
    },
    { name: "page_url", text: t("Where it takes place.") },
    { name: "messages", text: t("The whole of it: a list of role (user, assistant) and content.") },
    { name: "lead_name, lead_email, lead_business", text: t("What they said of themselves.") },
    { name: "message_count", text: t("From five on the lead is hot, for good.") },
    {
      name: "session_token",
      text: t(
        "From the first answer. With it what is known may be replaced; without it, only filled in.",
      ),
    },
  ],
  answers: [
    { name: "201", text: t("The lead is new.") },
    { name: "200", text: t("It was known, and is up to date.") },
    { name: "400", text: t("There is no session_id.") },
    { name: "429", text: t("More than 100 requests in a minute from one address.") },
  ],
  example: {
    session_id: "widget_1234",
    page_url: "https://example.com/pricing",
    lead_name: "Grace Hopper",
    lead_email: "grace@example.com",
    message_count: 2,
    messages: [{ role: "user", content: t("Hello") }],
  },
  success: '{"ok":true,"status":201,"id":"…","session_token":"…","hot":false}',
  failure:
    '{"ok":false,"error":"The \'session_id\' field is required.","code":"missing_field","field":"session_id"}',
  note: t(
    "Lists of the leads (GET /api/leads, and those for Zapier) need a partner key, from Developers → API Keys.",
  ),
};

/** The request, to be sent from a terminal. */
export function curlOf({ path, example }: Door): string {
  const body = JSON.stringify(example, null, 2).replaceAll("'", "'\\''");
  return `curl '${location.origin}${path}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}
