import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { expected, judge, parts } from "./signature.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const KEY = Buffer.from(SECRET.slice("whsec_".length), "base64");
const BODY = '{"event":"message.created","data":{"body":"n’est pas","url":"https://example.com/"}}';
const SENT = { id: "evt_1", body: BODY, times: [1_614_265_340, 1_614_265_330] };

function standard(body = BODY, at = 1_614_265_330, key: string | Buffer = KEY): string {
  return `v1,${createHmac("sha256", key)
    .update(`evt_1.${String(at)}.${body}`)
    .digest("base64")}`;
}

function documented(body = BODY, key: string | Buffer = SECRET): string {
  return createHmac("sha256", key).update(body).digest("hex");
}

async function kind(pasted: string, secret = SECRET, body = ""): Promise<string> {
  return (await judge(SENT, secret, pasted, body)).kind;
}

describe("a signature", () => {
  it("is that of the vector of Standard Webhooks", async () => {
    const sent = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      body: '{"test": 2432232314}',
      times: [1_614_265_330],
    };
    const signature = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    expect(await expected(sent, SECRET, "standard")).toBe(signature);
    expect((await judge(sent, SECRET, `v1,${signature}`)).kind).toBe("match");
  });

  it("matches in either header, of any try, and beside that of another secret", async () => {
    expect(await kind(standard())).toBe("match");
    expect(await kind(documented())).toBe("match");
    expect(await kind(`webhook-signature: ${standard(BODY, 1, "x")} ${standard()}`)).toBe("match");
  });

  it("tells another secret from another body, key and clock", async () => {
    expect(await kind(standard(), "whsec_b3RoZXI=")).toBe("secret");
    expect(await kind(documented(), "another secret")).toBe("secret");
    const escaped = BODY.replace("’", "\\u2019");
    expect(await kind(documented(escaped))).toBe("body");
    expect(await kind(standard(JSON.stringify(JSON.parse(BODY), null, 2)))).toBe("body");
    expect(await kind(documented("entirely different"))).toBe("secret");
    expect(await kind(documented("entirely different"), SECRET, "entirely different")).toBe("body");
    expect(await kind(standard(BODY, 1_614_265_330, SECRET))).toBe("key");
    expect(await kind(documented(BODY, KEY))).toBe("key");
    expect(await kind(standard(BODY, 1_614_265_240))).toBe("time");
  });

  it("counts the bytes of what was hashed, and of what was sent", async () => {
    const { text } = await judge(SENT, SECRET, documented(BODY.replace("’", "\\u2019")));
    expect(text).toContain(`${String(Buffer.byteLength(BODY) + 3)} bytes`);
    expect(text).toContain(`we sent ${String(Buffer.byteLength(BODY))}`);
  });

  it("is recognised by its form", () => {
    expect(parts(documented())?.family).toBe("documented");
    expect(parts(standard())?.family).toBe("standard");
    expect(parts("hello")).toBeUndefined();
    expect(parts("")).toBeUndefined();
  });
});
