// The words of the wire: docs/live.md describes each frame.

/** Something that happened, with its place in the log of the workspace. */
export interface EventFrame {
  type: string;
  seq: number;
  /** The `seq` of the event before it in this stream. */
  prev: number;
  id: string;
  at: string;
  data: Record<string, unknown>;
}

/** Everything else a server says; members depend on `type`. */
export interface NoteFrame {
  type: string;
  [member: string]: unknown;
}

export type Frame = NoteFrame;

/** What a client may tell the server; nobody keeps it. */
export type Signal =
  | { type: "typing"; conversation_id: string }
  | { type: "viewing"; conversation_id: string | null }
  | { type: "page"; url: string; title: string };

export function isEvent(frame: Frame): frame is Frame & EventFrame {
  return typeof frame["seq"] === "number" && typeof frame["prev"] === "number";
}

/** A frame, or nothing where the text is not one: an unknown frame must never end a stream. */
export function parseFrame(text: unknown): Frame | undefined {
  try {
    return asFrame(JSON.parse(String(text)));
  } catch {
    return undefined;
  }
}

export function asFrame(value: unknown): Frame | undefined {
  const frame = value as Frame | null;
  return typeof frame?.type === "string" ? frame : undefined;
}
