// Everything the views draw.
import type { State as LiveState } from "@switchboard/realtime";
import type { Page } from "../../shared/protocol.ts";
import type { Site } from "../../shared/site.ts";
import type { Upload } from "../net/upload.ts";
import type { Outgoing } from "./outbox.ts";
import type { Thread } from "./thread.ts";
import type { Conversation, Init, Visitor } from "./wire.ts";

export interface ChatState {
  site: Site;
  page: Page;
  /** `loading` shows what the page told; `failed` and `refused` say so and offer the next step. */
  phase: "loading" | "ready" | "failed" | "refused";
  visitor: Visitor | null;
  team: Init["team"] | null;
  conversation: Conversation | null;
  thread: Thread | null;
  outgoing: readonly Outgoing[];
  uploads: readonly Upload[];
  live: LiveState;
  typing: { name: string; conversationId: string } | null;
  unread: number;
  isOpen: boolean;
  /** The visitor wants to begin anew although the last conversation is still shown. */
  isBeginning: boolean;
  isLoadingEarlier: boolean;
  /** The proactive message that the visitor is about to answer. */
  answer: { id: string; message: string; author: string | null } | null;
}

/** What to draw: a form stands before the first message where the site asks for one. */
export type Face = "loading" | "failed" | "pre_chat" | "offline" | "talk";

export function faceOf(state: ChatState): Face {
  if (state.phase === "failed" || state.phase === "refused") return "failed";
  if (hasConversation(state)) return "talk";
  // Whether a form comes first is the server's to say; a chat that does not know asks for nothing yet.
  if (state.phase === "loading") return "loading";
  if (!state.site.is_open) return "offline";
  const isKnown = state.visitor?.is_verified === true;
  return state.site.pre_chat && !isKnown ? "pre_chat" : "talk";
}

function hasConversation(state: ChatState): boolean {
  if (state.outgoing.length > 0) return true;
  return state.conversation !== null && !state.isBeginning;
}

export function isClosed(state: ChatState): boolean {
  return state.conversation?.status === "closed" && !state.isBeginning;
}
