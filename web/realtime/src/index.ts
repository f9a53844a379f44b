export { Realtime, type Options, type State } from "./client.ts";
export { browserEnvironment, type Environment, type Socket } from "./environment.ts";
export type { EventFrame, Frame, NoteFrame, Signal } from "./frames.ts";
