import { afterEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../../api.ts";
import {
  asJson,
  creationOptions,
  fromBase64Url,
  requestOptions,
  toBase64Url,
  usePasskey,
} from "./passkey.ts";

const bytes = Uint8Array.from([0, 250, 251, 252, 253, 254, 255]);
const text = "APr7_P3-_w";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("passkeys in browsers without JSON forms of their own", () => {
  it("reads and writes base64url", () => {
    expect(toBase64Url(bytes.buffer)).toBe(text);
    expect(fromBase64Url(text)).toEqual(bytes);
    expect(toBase64Url(null)).toBeUndefined();
  });

  it("turns every id and challenge into bytes", () => {
    const request = requestOptions({
      challenge: text,
      allowCredentials: [{ id: text, type: "public-key" }],
    });
    expect(request.challenge).toEqual(bytes);
    expect(request.allowCredentials?.[0]?.id).toEqual(bytes);
    const creation = creationOptions({
      challenge: text,
      rp: { id: "chat.example.com", name: "Switchboard" },
      user: { id: text, name: "ada@example.com", displayName: "Ada" },
      pubKeyCredParams: [],
      excludeCredentials: [{ id: text, type: "public-key" }],
    });
    expect(creation.user.id).toEqual(bytes);
    expect(creation.user.name).toBe("ada@example.com");
    expect(creation.excludeCredentials?.[0]?.id).toEqual(bytes);
  });

  it("writes an answer as the server reads it", () => {
    const credential = {
      id: text,
      type: "public-key",
      rawId: bytes.buffer,
      authenticatorAttachment: null,
      getClientExtensionResults: () => ({}),
      response: { clientDataJSON: bytes.buffer, signature: bytes.buffer, userHandle: null },
    } as unknown as PublicKeyCredential;
    expect(JSON.parse(JSON.stringify(asJson(credential)))).toEqual({
      id: text,
      type: "public-key",
      rawId: text,
      clientExtensionResults: {},
      response: { clientDataJSON: text, signature: text },
    });
  });
});

describe("a passkey that is not given", () => {
  it("is told in words", async () => {
    vi.stubGlobal("PublicKeyCredential", {});
    vi.stubGlobal("navigator", {
      credentials: { get: () => Promise.reject(new DOMException("no", "NotAllowedError")) },
    });
    const given = usePasskey({ challenge: text });
    await expect(given).rejects.toThrow(Problem);
    await expect(given).rejects.toThrow(/cancelled, or took too long/);
  });
});
