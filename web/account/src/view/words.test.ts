import { describe, expect, it } from "vitest";
import { initials } from "./account.ts";
import { deviceName } from "./device.ts";
import { ago } from "./time.ts";
import { grouped, leftWords } from "./two-step.ts";

describe("what people read", () => {
  it("names a device by browser and system", () => {
    const chrome =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36";
    expect(deviceName(chrome)).toBe("Chrome on Linux");
    expect(deviceName(`${chrome} Edg/150.0`)).toBe("Edge on Linux");
    expect(
      deviceName(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
      ),
    ).toBe("Safari on iPhone");
    expect(deviceName("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Firefox/140.0")).toBe(
      "Firefox on Android",
    );
    expect(deviceName("curl/8.5.0")).toBe("curl/8.5.0");
    expect(deviceName("")).toBe("Unknown device");
  });

  it("tells times as people do", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(ago("2026-11-22T11:59:30Z", now)).toBe("just now");
    expect(ago("2026-11-22T11:57:00Z", now)).toBe("3 minutes ago");
    expect(ago("2026-11-21T11:00:00Z", now)).toBe("yesterday");
    expect(ago("2027-02-20T12:00:00Z", now)).toBe("in 2 months");
  });

  it("writes initials, secrets and what is left", () => {
    expect(initials("Ada King Lovelace")).toBe("AL");
    expect(initials("ada@example.com")).toBe("A");
    expect(initials("")).toBe("");
    expect(grouped("ABCDEFGHIJ")).toBe("ABCD EFGH IJ");
    expect(leftWords(10)).toBe("10 recovery codes are left.");
    expect(leftWords(1)).toBe("1 recovery code is left: make new ones soon.");
    expect(leftWords(0)).toBe("No recovery codes are left: make new ones.");
  });
});
