import { describe, expect, it } from "vitest";
import { addressOf, mailTo, WAYS } from "./snippets.ts";

const SITE = { key: "pk_1", name: "Kiln & Co" };

describe("the line of a site", () => {
  it("is in every way of putting it on pages", () => {
    const address = addressOf(SITE, "https://desk.example");
    expect(address).toBe("https://desk.example/widget/pk_1.js");
    for (const { code, steps } of WAYS) {
      expect(code(address)).toContain(address);
      expect(steps.length).toBeGreaterThan(0);
    }
    expect(new Set(WAYS.map(({ id }) => id)).size).toBe(WAYS.length);
  });

  it("is mailed whole", () => {
    const mail = new URL(mailTo(SITE, "https://desk.example"));
    expect(mail.searchParams.get("subject")).toBe("Please put the chat on Kiln & Co");
    expect(mail.searchParams.get("body")).toContain(
      '<script async src="https://desk.example/widget/pk_1.js"></script>',
    );
  });
});
