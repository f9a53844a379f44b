// Every call of the desk goes through `api`: its types come from openapi.json, so a path that the
// document does not list is no program.
import { ask, Problem, type Method } from "../../../api.ts";
import type { components, paths } from "./schema.d.ts";
import { t } from "../locale/say.ts";

export type Conversation = components["schemas"]["Conversation"];
export type Message = components["schemas"]["Message"];
export type Operator = components["schemas"]["Operator"];
export type Account = components["schemas"]["Account"];
export type Contact = components["schemas"]["Contact"];
export type Pageview = components["schemas"]["Pageview"];
export type Draft = components["schemas"]["Draft"];
export type Macro = components["schemas"]["Macro"];
export type MacroAction = components["schemas"]["MacroAction"];
export type Tag = components["schemas"]["Tag"];
export type View = components["schemas"]["View"];
export type Attachment = components["schemas"]["Attachment"];
export type Priority = components["schemas"]["Priority"];
export { Problem };

type Verb = "get" | "post" | "patch" | "delete";
type Operation<P extends keyof paths, V extends Verb> = paths[P][V];
type Json<R> = R extends { content: { "application/json": infer J } } ? J : undefined;
type Body<R> = R extends { 200: infer A }
  ? Json<A>
  : R extends { 201: infer A }
    ? Json<A>
    : R extends { 202: infer A }
      ? Json<A>
      : undefined;
type Answer<O> = O extends { responses: infer R } ? Body<R> : never;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type Asked<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? Partial<B>
  : never;

/** Why a proof was refused: whoever sent it stays signed in. */
const JUDGED = ["invalid_login", "invalid_code", "code_needed"];

interface With<O> {
  /** What stands for `{id}`, or whatever the path has in braces. */
  id?: string;
  query?: Query<O>;
  body?: Asked<O>;
}

/** Asks the server; throws a Problem whose message is for the reader. */
export async function api<P extends keyof paths, V extends Verb>(
  verb: V,
  path: P,
  { id, query, body }: With<Operation<P, V>> = {},
): Promise<Answer<Operation<P, V>>> {
  const at = path.replace(/\{\w+\}/, encodeURIComponent(id ?? ""));
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) params.set(name, String(value));
  }
  const search = params.size ? `?${params.toString()}` : "";
  try {
    return (await ask(verb.toUpperCase() as Method, at + search, body ?? {})) as Answer<
      Operation<P, V>
    >;
  } catch (error) {
    heed(error);
    throw error;
  }
}

/** Tells of it when the server does not know the reader any more. */
export function heed(error: unknown): void {
  if (error instanceof Problem && error.status === 401 && !JUDGED.includes(error.code)) {
    onSignedOut?.();
  }
}

/** Hands a file over; it can be sent with a message then. */
export async function upload(file: File): Promise<Attachment> {
  const path = `/v1/attachments?name=${encodeURIComponent(file.name)}`;
  return ((await ask("POST", path, file)) as { data: Attachment }).data;
}

/** How many there are, of a list that was asked for by pages. */
export function total({ pagination }: { pagination: object }): number {
  return "total" in pagination ? Number(pagination.total) : 0;
}

let onSignedOut: (() => void) | undefined;

/** Calls back when the server does not know the reader any more. */
export function whenSignedOut(told: () => void): void {
  onSignedOut = told;
}

const DENIED = t(
  "Your role does not allow this. Ask an owner or an administrator of this workspace to do it, or to change your role.",
);

/** Whether the role is what is missing: the server names a scope, which says nothing to people. */
export function isDenied(error: unknown): boolean {
  return error instanceof Problem && error.message.startsWith("This needs the scope");
}

/** What to say of a failure. */
export function reason(error: unknown): string {
  if (error instanceof Problem) return isDenied(error) ? DENIED : error.message;
  console.error(error);
  return t("Something went wrong in this page. Load it anew.");
}
