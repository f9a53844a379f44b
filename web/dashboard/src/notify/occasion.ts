// What an event is to whoever sits here: news, or nothing.
import type { EventFrame } from "@switchboard/realtime";
import type { Conversation } from "../api/client.ts";
import type { Occasion } from "./choices.ts";

/** Who sits here. */
export interface Self {
  id: string;
  name: string;
}

export interface Happening {
  occasion: Occasion;
  conversation: string;
}

/** What it may be, by the event alone. */
export function happeningOf({ type, data }: EventFrame, self: Self): Happening | undefined {
  if (type === "message.created" && data["type"] === "visitor")
    return { occasion: "message", conversation: String(data["conversation_id"]) };
  if (type === "conversation.assigned" && data["assigned_to"] === self.id)
    return { occasion: "assigned", conversation: String(data["id"]) };
  if (type === "note.created" && isNamed(data, self))
    return { occasion: "mention", conversation: String(data["conversation_id"]) };
  return undefined;
}

function isNamed({ body, operator }: EventFrame["data"], { id, name }: Self): boolean {
  const writer = (operator as { id?: string } | null | undefined)?.id;
  return writer !== id && typeof body === "string" && body.includes(`@${name}`);
}

/** What it is, by the conversation as it is now. Nothing comes of spam, and of what is others'. */
export function occasionOf(
  { occasion }: Happening,
  { is_spam, status, assigned_to }: Conversation,
  self: Self,
): Occasion | undefined {
  if (is_spam) return undefined;
  if (occasion !== "message") return occasion;
  if (status === "closed") return undefined;
  if (!assigned_to) return "unassigned";
  return assigned_to === self.id ? "message" : undefined;
}
