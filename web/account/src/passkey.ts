// Passkeys: the browser's own JSON forms where it has them, and the same by hand where it does not.
import { Problem } from "../../api.ts";

export type RequestOptions = PublicKeyCredentialRequestOptionsJSON;
export type CreationOptions = PublicKeyCredentialCreationOptionsJSON;

/** The parts that older engines lack. */
interface Forms {
  parseRequestOptionsFromJSON?(json: RequestOptions): PublicKeyCredentialRequestOptions;
  parseCreationOptionsFromJSON?(json: CreationOptions): PublicKeyCredentialCreationOptions;
  isConditionalMediationAvailable?(): Promise<boolean>;
}

/** Passkeys belong to a name and to https; a bare address has none, whatever the browser can. */
export function hasPasskeys(): boolean {
  return "PublicKeyCredential" in window && !/^[\d.]+$|:/.test(location.hostname);
}

/** Whether the browser can offer passkeys in the list under the e-mail field. */
export async function canOfferPasskeys(): Promise<boolean> {
  return hasPasskeys() && ((await forms().isConditionalMediationAvailable?.()) ?? false);
}

export async function usePasskey(
  options: RequestOptions,
  more: Pick<CredentialRequestOptions, "mediation" | "signal"> = {},
): Promise<object> {
  const publicKey = forms().parseRequestOptionsFromJSON?.(options) ?? requestOptions(options);
  return answer(() => navigator.credentials.get({ ...more, publicKey }));
}

export async function makePasskey(options: CreationOptions): Promise<object> {
  const publicKey = forms().parseCreationOptionsFromJSON?.(options) ?? creationOptions(options);
  return answer(() => navigator.credentials.create({ publicKey }));
}

function forms(): Forms {
  return PublicKeyCredential as unknown as Forms;
}

async function answer(ask: () => Promise<Credential | null>): Promise<object> {
  const credential = await ask().catch((error: unknown) => {
    throw inWords(error);
  });
  if (!credential) throw new Problem("No passkey was given. Nothing has changed.", "passkey");
  return asJson(credential as PublicKeyCredential);
}

const WORDS: Record<string, string> = {
  NotAllowedError: "No passkey was given: it was cancelled, or took too long. Nothing has changed.",
  InvalidStateError: "This device holds a passkey of your account already.",
  SecurityError: "The browser allows passkeys only where the address is a name, with https.",
  NotSupportedError: "This device cannot make a passkey of the kind that is needed.",
};

function inWords(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  return new Problem(WORDS[error.name] ?? error.message, `passkey_${error.name}`);
}

/** A passkey's answer as the server reads it. */
export function asJson(credential: PublicKeyCredential): object {
  if ("toJSON" in credential) return credential.toJSON() as object;
  const { id, type, rawId, authenticatorAttachment } = credential as PublicKeyCredential;
  const response = (credential as PublicKeyCredential).response as Partial<
    AuthenticatorAttestationResponse & AuthenticatorAssertionResponse
  >;
  return {
    id,
    type,
    rawId: toBase64Url(rawId),
    authenticatorAttachment: authenticatorAttachment ?? undefined,
    clientExtensionResults: (credential as PublicKeyCredential).getClientExtensionResults(),
    response: {
      clientDataJSON: toBase64Url(response.clientDataJSON),
      attestationObject: toBase64Url(response.attestationObject),
      transports: response.getTransports?.(),
      authenticatorData: toBase64Url(response.authenticatorData),
      signature: toBase64Url(response.signature),
      userHandle: toBase64Url(response.userHandle),
    },
  };
}

export function requestOptions(json: RequestOptions): PublicKeyCredentialRequestOptions {
  return {
    ...json,
    challenge: fromBase64Url(json.challenge),
    allowCredentials: json.allowCredentials?.map(descriptor),
  } as PublicKeyCredentialRequestOptions;
}

export function creationOptions(json: CreationOptions): PublicKeyCredentialCreationOptions {
  return {
    ...json,
    challenge: fromBase64Url(json.challenge),
    user: { ...json.user, id: fromBase64Url(json.user.id) },
    excludeCredentials: json.excludeCredentials?.map(descriptor),
  } as PublicKeyCredentialCreationOptions;
}

function descriptor(json: PublicKeyCredentialDescriptorJSON): object {
  return { ...json, id: fromBase64Url(json.id) };
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function toBase64Url(buffer?: ArrayBuffer | null): string | undefined {
  if (!buffer) return undefined;
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
