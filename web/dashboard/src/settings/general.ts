// What a workspace decides, as data.
import type { Group } from "./part/SaveForm.svelte";

export const GENERAL: readonly Group[] = [
  {
    title: "Where you are",
    fields: [
      {
        name: "region",
        label: "Country",
        as: "text",
        isRequired: true,
        hint: "Two letters. A number without a country code is taken to be of this country.",
      },
      {
        name: "timezone",
        label: "Time zone",
        as: "text",
        isNullable: true,
        placeholder: "Europe/Lisbon",
        hint: "The business’s own, as an IANA name.",
      },
    ],
  },
  {
    title: "Conversations",
    fields: [
      {
        name: "routing",
        label: "New conversations go to",
        as: "choice",
        options: [
          ["round_robin", "Each operator in turn"],
          ["least_busy", "Whoever has the fewest"],
          ["random", "Somebody by chance"],
          ["sticky", "Whoever had the visitor before"],
          ["manual", "Nobody: operators take them"],
        ],
        hint: "Among operators who are available and have room.",
      },
      {
        name: "hand_back",
        label: "Conversations of somebody who goes offline",
        as: "choice",
        options: [
          ["when_offline", "Are given to others"],
          ["never", "Stay theirs"],
        ],
      },
      {
        name: "auto_close_minutes",
        label: "Close after so many minutes without an answer",
        as: "number",
        min: 1,
        max: 1_000_000,
        isNullable: true,
        placeholder: "Never",
        hint: "Counted from our last message. Blank never closes.",
      },
      {
        name: "auto_close_warning_minutes",
        label: "Warn the visitor so many minutes before",
        as: "number",
        min: 0,
        max: 1_000_000,
        hint: "0 gives no warning.",
      },
      {
        name: "reopen_days",
        label: "Go on with a closed conversation for so many days",
        as: "number",
        min: 0,
        max: 3650,
        hint: "Whoever writes again later begins a new one.",
      },
    ],
  },
  {
    title: "Leads",
    fields: [
      {
        name: "duplicate_policy",
        label: "Somebody known comes through the lead intake",
        as: "choice",
        options: [
          ["accept", "Accept: 202, and blanks are filled"],
          ["reject_400", "Refuse with 400"],
          ["reject_409", "Refuse with 409"],
        ],
        hint: "Unless the request says force_update.",
      },
      {
        name: "lead_recipients",
        label: "Who is told of each new lead",
        as: "lines",
        placeholder: "sales@example.com",
        hint: "E-mail addresses, one a line.",
      },
      {
        name: "returning_is_new",
        label: "Somebody known who comes again is a new lead again",
        as: "flag",
        hint: "It decides whether those above are told.",
      },
      {
        name: "zapier_open",
        label: "The lists for Zapier may be read without a key",
        as: "flag",
        hint: "Anybody who knows the address sees the leads. Turn it on only for clients that cannot send a key.",
      },
    ],
  },
];
