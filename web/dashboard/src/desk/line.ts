// What the system says in a conversation, in the reader's language.
import type { Message } from "../api/client.ts";
import { t } from "../locale/say.ts";

/** The line of a system message; what is of a kind that is not known here is read as it was sent. */
export function lineOf({ event, body }: Message): string {
  const operator = event?.["operator"];
  switch (event?.["kind"]) {
    case "assigned":
      return t("{name} joined", { name: typeof operator === "string" ? operator : t("Somebody") });
    case "unassigned":
      return t("Waiting for somebody");
    case "closed":
      return t("The conversation was closed");
    case "closing_soon":
      return t("Are you still there? Without an answer this conversation will be closed.");
    case "woken":
      return t("The snooze is over");
    case "consented":
      return t("The visitor agreed to be written to");
    default:
      return body;
  }
}
