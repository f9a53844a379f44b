import { beforeEach, describe, expect, it } from "vitest";
import { loginPath, nextPath, takeToken } from "./address.ts";

const ORIGIN = "https://chat.example.com";

function next(path: string): string {
  return nextPath(`?${new URLSearchParams({ next: path }).toString()}`, ORIGIN);
}

describe("where to go after signing in", () => {
  it("is a path of this server", () => {
    expect(next("/oauth/authorize?client_id=a&state=b#c")).toBe(
      "/oauth/authorize?client_id=a&state=b#c",
    );
    expect(next("/")).toBe("/");
    expect(nextPath(loginPath("/docs?a=1&b=2").slice("/login".length), ORIGIN)).toBe(
      "/docs?a=1&b=2",
    );
  });

  it.each([
    "",
    "docs",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n\\evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/%2e//evil.example",
    " //evil.example",
  ])("is the desk when the link says %j", (path) => {
    expect(next(path)).toBe("/app");
  });

  it("is the desk when the link says nothing", () => {
    expect(nextPath("", ORIGIN)).toBe("/app");
  });
});

describe("the token of a link", () => {
  beforeEach(() => {
    history.replaceState({ kept: 1 }, "", "/reset?lang=en#secret-token");
  });

  it("leaves the address bar, and nothing else does", () => {
    const steps = history.length;
    expect(takeToken()).toBe("secret-token");
    expect(location.href).not.toContain("secret-token");
    expect(location.pathname + location.search).toBe("/reset?lang=en");
    expect(history.length).toBe(steps);
    expect(takeToken()).toBe("");
  });
});
