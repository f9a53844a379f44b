// What a workspace decides, as data.
import type { Group } from "./part/SaveForm.svelte";
import { t } from "../locale/say.ts";

export const GENERAL: readonly Group[] = [
  {
    title: t("Where you are"),
    fields: [
      {
        name: "region",
        label: t("Country"),
        as: "text",
        isRequired: true,
        hint: t("Two letters. A number without a country code is taken to be of this country."),
      },
      {
        name: "timezone",
        label: t("Time zone"),
        as: "text",
        isNullable: true,
        placeholder: "Europe/Lisbon",
        hint: t("The business’s own, as an IANA name."),
      },
    ],
  },
  {
    title: t("Conversations"),
    fields: [
      {
        name: "routing",
        label: t("New conversations go to"),
        as: "choice",
        options: [
          ["round_robin", t("Each operator in turn")],
          ["least_busy", t("Whoever has the fewest")],
          ["random", t("Somebody by chance")],
          ["sticky", t("Whoever had the visitor before")],
          ["manual", t("Nobody: operators take them")],
        ],
        hint: t("Among operators who are available and have room."),
      },
      {
        name: "hand_back",
        label: t("Conversations of somebody who goes offline"),
        as: "choice",
        options: [
          ["when_offline", t("Are given to others")],
          ["never", t("Stay theirs")],
        ],
      },
      {
        name: "auto_close_minutes",
        label: t("Close after so many minutes without an answer"),
        as: "number",
        min: 1,
        max: 1_000_000,
        isNullable: true,
        placeholder: t("Never"),
        hint: t("Counted from our last message. Blank never closes."),
      },
      {
        name: "auto_close_warning_minutes",
        label: t("Warn the visitor so many minutes before"),
        as: "number",
        min: 0,
        max: 1_000_000,
        hint: t("0 gives no warning."),
      },
      {
        name: "reopen_days",
        label: t("Go on with a closed conversation for so many days"),
        as: "number",
        min: 0,
        max: 3650,
        hint: t("Whoever writes again later begins a new one."),
      },
    ],
  },
  {
    title: t("Leads"),
    fields: [
      {
        name: "duplicate_policy",
        label: t("Somebody known comes through the lead intake"),
        as: "choice",
        options: [
          ["accept", t("Accept: 202, and blanks are filled")],
          ["reject_400", t("Refuse with 400")],
          ["reject_409", t("Refuse with 409")],
        ],
        hint: t("Unless the request says force_update."),
      },
      {
        name: "lead_recipients",
        label: t("Who is told of each new lead"),
        as: "lines",
        placeholder: "sales@example.com",
        hint: t("E-mail addresses, one a line."),
      },
      {
        name: "returning_is_new",
        label: t("Somebody known who comes again is a new lead again"),
        as: "flag",
        hint: t("It decides whether those above are told."),
      },
      {
        name: "zapier_open",
        label: t("The lists for Zapier may be read without a key"),
        as: "flag",
        hint: t(
          "Anybody who knows the address sees the leads. Turn it on only for clients that cannot send a key.",
        ),
      },
    ],
  },
];
