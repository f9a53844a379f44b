// Why a signature does not match, found out in the browser: the secret never leaves it.
//
// Two headers are sent. The documented one is the hexadecimal HMAC-SHA256 of the body, and its key is
// the whole secret as text. Standard Webhooks signs "id.seconds.body", and its key is the bytes that
// stand behind `whsec_`, in base64.
import { t } from "../locale/say.ts";

export type Family = "standard" | "documented";

/** What was signed when it was sent. */
export interface Sent {
  id: string;
  body: string;
  /** When each attempt left, in seconds; the last one first. */
  times: number[];
}

export interface Verdict {
  kind: "match" | "secret" | "key" | "body" | "time" | "form";
  title: string;
  text: string;
}

const PREFIX = "whsec_";
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;
/** Clocks that are further apart than this are looked at by people. */
const SKEW_S = 330;
const encoder = new TextEncoder();

export const canSign = (): boolean => "subtle" in crypto;

export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function keyOf(secret: string, family: Family): Uint8Array<ArrayBuffer> {
  const decoded =
    family === "standard" && secret.startsWith(PREFIX)
      ? fromBase64(secret.slice(PREFIX.length))
      : undefined;
  return decoded ?? encoder.encode(secret);
}

type Sign = (text: string) => Promise<Uint8Array>;

async function signer(key: Uint8Array<ArrayBuffer>): Promise<Sign> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const known = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return async (text) =>
    new Uint8Array(await crypto.subtle.sign("HMAC", known, encoder.encode(text)));
}

function spelled(bytes: Uint8Array, family: Family): string {
  if (family === "standard") return btoa(String.fromCharCode(...bytes));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function signedText({ id, body }: Pick<Sent, "id" | "body">, family: Family, at: number): string {
  return family === "standard" ? `${id}.${String(at)}.${body}` : body;
}

/** The signatures in what somebody pasted: `v1,…` for one or more secrets, or 64 hexadecimal digits. */
export function parts(pasted: string): { family: Family; signatures: string[] } | undefined {
  const words = pasted
    .replace(/^[\w-]+:\s+/, "")
    .split(/\s+/)
    .filter(Boolean);
  const bare = words.map((word) => word.replace(/^v1[,=]/, "").replace(/^sha256=/, ""));
  if (bare.length && bare.every((word) => HEX.test(word)))
    return { family: "documented", signatures: bare.map((word) => word.toLowerCase()) };
  if (bare.length && bare.every((word) => BASE64.test(word)))
    return { family: "standard", signatures: bare };
  return undefined;
}

/** What the header has, if `secret` is the one that signs. */
export async function expected(sent: Sent, secret: string, family: Family): Promise<string> {
  const sign = await signer(keyOf(secret, family));
  return spelled(await sign(signedText(sent, family, sent.times[0] ?? 0)), family);
}

/** What frameworks make of a body when they parse it, and write it again. */
function rewritten(body: string): [text: string, what: string][] {
  const escaped = (text: string) =>
    text.replace(
      /[\u0080-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  const value: unknown = JSON.parse(body);
  const spaced = JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, " ")
    .replace(/([[{]) /g, "$1")
    .replace(/ ([\]}])/g, "$1");
  const all: [string, string][] = [
    [JSON.stringify(value), t("it was parsed, and written again")],
    [escaped(body), t("letters beyond ASCII became \\u escapes")],
    [JSON.stringify(value, null, 2), t("it was indented by two")],
    [JSON.stringify(value, null, 4), t("it was indented by four")],
    [spaced, t("blanks were put after commas and colons")],
    [
      escaped(spaced),
      t("blanks were put after commas, and letters beyond ASCII became \\u escapes"),
    ],
    [`${body}\n`, t("a line break was added at the end")],
    [body.replaceAll("/", "\\/"), t("slashes were escaped")],
    ["", t("it was empty: something else had read it before")],
  ];
  return all.filter(([text]) => text !== body);
}

const RAW = t("Hash the raw body, before anything parses it.");

/** Says whether `pasted` is what `secret` signs, and if it is not, what is different. */
export async function judge(
  sent: Sent,
  secret: string,
  pasted: string,
  theirBody = "",
): Promise<Verdict> {
  const got = parts(pasted);
  if (!got) {
    return {
      kind: "form",
      title: t("That is no signature."),
      text: t("Paste the header: v1, and 44 letters of base64, or 64 hexadecimal digits."),
    };
  }
  const { family, signatures } = got;
  const sign = await signer(keyOf(secret, family));
  const is = async (body: string, at: number, by = sign) =>
    signatures.includes(spelled(await by(signedText({ id: sent.id, body }, family, at)), family));
  const times = family === "standard" ? sent.times : [0];
  for (const at of times) if (await is(sent.body, at)) return match(sent, at, family);
  return (
    (await otherBody(sent, theirBody, times, is)) ??
    (await otherKey(sent, secret, family, times, is)) ??
    (family === "standard" ? await otherTime(sent, is) : undefined) ?? {
      kind: "secret",
      title: t("Different secret."),
      text: t(
        "Nothing that this secret signs here is that signature. Compare the first letters with the secret of this endpoint, or rotate it. If you are sure of the secret, paste the body that you hashed.",
      ),
    }
  );
}

type Is = (body: string, at: number, by?: Sign) => Promise<boolean>;

function match({ times }: Sent, at: number, family: Family): Verdict {
  const attempt = times.length - times.indexOf(at);
  return {
    kind: "match",
    title: t("It matches."),
    text:
      family === "standard"
        ? t(
            "Right secret, right body. It is that of try {attempt}. If your code refuses it, look at how it compares.",
            { attempt },
          )
        : t("Right secret, right body. If your code refuses it, look at how it compares."),
  };
}

async function otherBody(
  { body }: Sent,
  theirs: string,
  times: number[],
  is: Is,
): Promise<Verdict | undefined> {
  const pasted: [string, string][] = theirs
    ? [[theirs, t("it is not what was sent, to the byte")]]
    : [];
  for (const [text, what] of [...rewritten(body), ...pasted]) {
    for (const at of times) {
      if (!(await is(text, at))) continue;
      const [had, sent] = [bytesOf(text), bytesOf(body)].map(String);
      return {
        kind: "body",
        title: t("Right secret, different body."),
        text: t("You hashed {had} bytes, we sent {sent}: {what}. {raw}", {
          had: had ?? "",
          sent: sent ?? "",
          what,
          raw: RAW,
        }),
      };
    }
  }
  return undefined;
}

async function otherKey(
  { body }: Sent,
  secret: string,
  family: Family,
  times: number[],
  is: Is,
): Promise<Verdict | undefined> {
  const other = await signer(keyOf(secret, family === "standard" ? "documented" : "standard"));
  for (const at of times) {
    if (!(await is(body, at, other))) continue;
    return {
      kind: "key",
      title: t("Right secret, wrong key."),
      text:
        family === "standard"
          ? t(
              "webhook-signature is keyed with the bytes behind whsec_: decode them from base64 first.",
            )
          : t("X-Orbinto-Signature is keyed with the whole secret as text, whsec_ included."),
    };
  }
  return undefined;
}

async function otherTime({ body, times }: Sent, is: Is): Promise<Verdict | undefined> {
  const near = times.flatMap((at) =>
    Array.from({ length: 2 * SKEW_S + 1 }, (_, place) => at + place - SKEW_S),
  );
  for (const at of new Set(near)) {
    if (!(await is(body, at))) continue;
    const off = at - (times[0] ?? 0);
    return {
      kind: "time",
      title: t("Clock skew."),
      text:
        off < 0
          ? t(
              "You signed with a time that is {seconds} s before ours. Take webhook-timestamp from the header, not the clock of your server.",
              { seconds: -off },
            )
          : t(
              "You signed with a time that is {seconds} s after ours. Take webhook-timestamp from the header, not the clock of your server.",
              { seconds: off },
            ),
    };
  }
  return undefined;
}
