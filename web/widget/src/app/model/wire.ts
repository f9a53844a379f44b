// What the server answers to a visitor: docs/live.md.
import type { Site } from "../../shared/site.ts";

export interface Person {
  name: string | null;
  avatar_url: string | null;
}

export interface Attachment {
  id: string;
  name: string;
  content_type: string;
  size: number;
  width: number | null;
  height: number | null;
  url: string;
}

export interface SystemEvent {
  kind: string;
  operator?: string;
}

export interface Message {
  id: string;
  conversation_id: string;
  number: number;
  client_id: string | null;
  type: "visitor" | "operator" | "bot" | "system";
  body: string;
  author: Person | null;
  attachments: Attachment[];
  event: SystemEvent | null;
  created_at: string;
  delivered_at: string | null;
  read_at: string | null;
  edited_at: string | null;
  deleted_at: string | null;
}

export interface Conversation {
  id: string;
  status: string;
  operator: Person | null;
  messages_count: number;
  rating: { score: number; comment?: string | null } | null;
  can_rate: boolean;
  created_at: string;
  closed_at: string | null;
  last_message_at: string | null;
}

export interface Visitor {
  id: string;
  name: string | null;
  email: string | null;
  is_verified: boolean;
}

export interface Init {
  protocol: number;
  token?: string;
  visitor: Visitor;
  site: Site;
  team: { online: boolean; operators: Person[] };
  conversation: Conversation | null;
  messages: Message[];
  unread_count: number;
  seq: number;
}
