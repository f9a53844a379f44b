import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { go } from "../address.ts";
import { accountPage } from "./account.ts";
import { h } from "./dom.ts";
import { loginPage } from "./login.ts";
import { claimPage, joinPage, resetPage } from "./token.ts";

vi.mock("../address.ts", async (original) => ({
  ...(await original<typeof import("../address.ts")>()),
  go: vi.fn(),
}));

interface Answer {
  status: number;
  body?: object;
  headers?: Record<string, string>;
}
type Ask = (body: Record<string, unknown>) => Answer | Promise<Answer>;

let asked: string[];

/** A server that knows these calls and no other. */
function serve(calls: Record<string, Ask>): void {
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const call = `${init.method ?? "GET"} ${path}`;
    asked.push(call);
    const ask = calls[call];
    if (!ask) throw new TypeError(`nothing answers ${call}`);
    const sent = typeof init.body === "string" ? init.body : "{}";
    const answer = await ask(JSON.parse(sent) as Record<string, unknown>);
    const body = answer.body ? JSON.stringify(answer.body) : null;
    return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
  });
}

function refused(status: number, code: string, message: string, param?: string): Answer {
  return { status, body: { error: { type: "api_error", code, message, param, status } } };
}

const ACCOUNT = {
  id: "acc_1",
  email: "ada@example.com",
  operator: { name: "Ada Lovelace", role: "admin", access_role: "owner" },
  workspace: { id: "ws_1", slug: "default", name: "Pennyroot" },
  workspaces: [{ id: "ws_1", slug: "default", name: "Pennyroot" }],
  has_totp: false,
  recovery_codes_left: 0,
  login_id: "log_1",
};
const TOTP = { secret: "ABCDEFGH", uri: "otpauth://totp/x", qr_svg: "<svg/>" };
const LISTS: Record<string, Ask> = {
  "GET /v1/account": () => ({ status: 200, body: { data: ACCOUNT } }),
  "GET /v1/account/passkeys": () => ({ status: 200, body: { data: [] } }),
  "GET /v1/account/logins": () => ({ status: 200, body: { data: [] } }),
  "GET /v1/account/grants": () => ({ status: 200, body: { data: [] } }),
};

const main = () => document.querySelector("main") as HTMLElement;
const text = () => main().textContent;
const settle = () => new Promise((done) => setTimeout(done));

function field(label: string, root: ParentNode = main()): HTMLInputElement {
  const found = [...root.querySelectorAll("label")].find((one) =>
    one.textContent.startsWith(label),
  );
  if (!found) throw new Error(`no field ${label} in: ${text()}`);
  return document.getElementById(found.htmlFor) as HTMLInputElement;
}

function type(label: string, value: string, root: ParentNode = main()): void {
  const input = field(label, root);
  input.value = value;
  input.dispatchEvent(new Event("input"));
}

function press(label: string, root: ParentNode = main()): void {
  const found = [...root.querySelectorAll("button")].find((one) => one.textContent === label);
  if (!found) throw new Error(`no button ${label} in: ${text()}`);
  found.click();
}

function problemOf(input: HTMLInputElement): string {
  const ids = input.getAttribute("aria-describedby")?.split(" ") ?? [];
  return ids
    .filter((id) => id.endsWith("-problem"))
    .map((id) => document.getElementById(id)?.textContent ?? "")
    .join("");
}

beforeEach(() => {
  asked = [];
  document.body.replaceChildren(h("main", { id: "main" }), h("p", { id: "status" }));
  history.replaceState(null, "", "/login?next=%2Fdocs");
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.mocked(go).mockClear();
});

describe("signing in", () => {
  const signIn = () => {
    loginPage();
    type("E-mail", " ada@example.com ");
    type("Password", " four plain words ");
    press("Sign in");
  };

  it("sends what was typed, once, and goes where the link said", async () => {
    const sent: object[] = [];
    serve({
      "POST /v1/login": (body) => {
        sent.push(body);
        return { status: 200, body: { data: ACCOUNT } };
      },
    });
    signIn();
    main().querySelector<HTMLButtonElement>("button.primary")?.click();
    await settle();
    expect(sent).toEqual([{ email: "ada@example.com", password: " four plain words " }]);
    expect(go).toHaveBeenCalledWith("/docs");
  });

  it("says beside the field what is missing, and asks nobody", () => {
    serve({});
    loginPage();
    press("Sign in");
    expect(problemOf(field("E-mail"))).toBe("Write your e-mail address.");
    expect(problemOf(field("Password"))).toBe("Write your password.");
    expect(field("E-mail").getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(field("E-mail"));
    expect(asked).toEqual([]);
    type("E-mail", "ada");
    expect(problemOf(field("E-mail"))).toBe("");
    press("Sign in");
    expect(problemOf(field("E-mail"))).toMatch(/has an @/);
  });

  it("puts a refusal where it belongs", async () => {
    serve({ "POST /v1/login": () => refused(401, "invalid_login", "That is not right.") });
    signIn();
    await settle();
    expect(problemOf(field("Password"))).toBe("That is not right.");
    expect(go).not.toHaveBeenCalled();
  });

  it("says how long to wait", async () => {
    const answer = refused(429, "too_many_guesses", "There were too many guesses.");
    serve({ "POST /v1/login": () => ({ ...answer, headers: { "Retry-After": "600" } }) });
    signIn();
    await settle();
    expect(main().querySelector("[role=alert]")?.textContent).toBe(
      "There were too many guesses. Try again in 10 minutes.",
    );
  });

  it("offers to try again when the server is away, and keeps what was typed", async () => {
    let isAway = true;
    serve({
      "POST /v1/login": () => {
        if (isAway) throw new TypeError("Failed to fetch");
        return { status: 200, body: { data: ACCOUNT } };
      },
    });
    signIn();
    await settle();
    expect(main().querySelector("[role=alert]")?.textContent).toMatch(/could not be reached/);
    expect(field("E-mail").value.trim()).toBe("ada@example.com");
    isAway = false;
    press("Try again");
    await settle();
    expect(go).toHaveBeenCalledWith("/docs");
  });

  it("asks for a code where one is needed, and takes recovery codes", async () => {
    const sent: unknown[] = [];
    serve({
      "POST /v1/login": (body) => {
        sent.push(body.code);
        if (!body.code) return refused(401, "code_needed", "Send the code.");
        if (body.code === "000000") return refused(401, "invalid_code", "Not that one.");
        return { status: 200, body: { data: ACCOUNT } };
      },
    });
    signIn();
    await settle();
    expect(text()).toContain("Enter your code");
    expect(document.activeElement).toBe(field("Code"));
    type("Code", "000000");
    press("Sign in");
    await settle();
    expect(problemOf(field("Code"))).toBe("Not that one.");
    press("Use a recovery code");
    expect(field("Recovery code").inputMode).toBe("text");
    type("Recovery code", "abcd-efgh");
    press("Sign in");
    await settle();
    expect(sent).toEqual([undefined, "000000", "abcd-efgh"]);
    expect(go).toHaveBeenCalledWith("/docs");
  });

  it("says the same about every address that a link is asked for", async () => {
    serve({ "POST /v1/password-resets": () => ({ status: 204 }) });
    loginPage();
    type("E-mail", "ada@example.com");
    press("Forgot password?");
    expect(field("E-mail").value).toBe("ada@example.com");
    press("Send the link");
    await settle();
    expect(text()).toMatch(/if there is an account/);
    press("Back to sign in");
    expect(field("Password").type).toBe("password");
  });
});

describe("links with a token", () => {
  it("makes the first account", async () => {
    const sent: object[] = [];
    serve({
      "POST /v1/claim": (body) => {
        sent.push(body);
        return { status: 201, body: { data: ACCOUNT } };
      },
    });
    claimPage("secret");
    type("Your name", "Ada");
    type("E-mail", "ada@example.com");
    type("Password", "too short");
    expect(text()).toContain("3 more characters.");
    press("Make the account");
    expect(problemOf(field("Password"))).toBe("Too short: 3 more characters.");
    type("Password", "long enough words");
    expect(text()).toContain("Long enough.");
    press("Make the account");
    await settle();
    expect(sent).toEqual([
      { token: "secret", name: "Ada", email: "ada@example.com", password: "long enough words" },
    ]);
    expect(go).toHaveBeenCalledWith("/app");
  });

  it("says so when the server has its owner", async () => {
    serve({ "POST /v1/claim": () => refused(410, "claimed", "Somebody was first.") });
    claimPage("secret");
    type("Your name", "Ada");
    type("E-mail", "ada@example.com");
    type("Password", "long enough words");
    press("Make the account");
    await settle();
    expect(text()).toContain("Somebody was first.");
    expect(main().querySelector("a")?.getAttribute("href")).toBe("/login");
  });

  it("shows a password, and hides it again", () => {
    resetPage("secret");
    press("Show");
    expect(field("New password").type).toBe("text");
    press("Hide");
    expect(field("New password").type).toBe("password");
  });

  it("asks whoever has an account with codes for one", async () => {
    const sent: unknown[] = [];
    serve({
      "POST /v1/invitations/redeem": (body) => {
        sent.push(body);
        return body.code
          ? { status: 200, body: { data: ACCOUNT } }
          : refused(401, "code_needed", "Send the code.");
      },
    });
    joinPage("secret");
    type("Password", "mine");
    press("Accept the invitation");
    await settle();
    type("Code", "123 456");
    press("Accept the invitation");
    await settle();
    expect(sent).toEqual([
      { token: "secret", password: "mine" },
      { token: "secret", password: "mine", code: "123 456" },
    ]);
    expect(go).toHaveBeenCalledWith("/app");
  });

  it("leads on from a link that is over", async () => {
    serve({
      "POST /v1/password-resets/redeem": () => refused(400, "invalid", "It was used.", "token"),
    });
    resetPage("secret");
    type("New password", "long enough words");
    press("Save the password");
    await settle();
    expect(text()).toContain("It was used.");
    expect(main().querySelector("a")?.getAttribute("href")).toBe("/login?forgot");
  });

  it.each([claimPage, joinPage, resetPage])("says that half a link is none", (page) => {
    page("");
    expect(text()).toContain("The link is not whole");
    expect(main().querySelector("form")).toBeNull();
  });
});

describe("the account", () => {
  it("sends strangers to sign in, and back", async () => {
    serve({ "GET /v1/account": () => refused(401, "signed_out", "Sign in.") });
    await accountPage();
    expect(go).toHaveBeenCalledWith("/login?next=%2Faccount");
  });

  it("turns no text of others into an element", async () => {
    const evil = '<img src=x onerror="alert(1)">';
    serve({
      ...LISTS,
      "GET /v1/account": () => ({
        status: 200,
        body: { data: { ...ACCOUNT, operator: { name: evil, role: evil } } },
      }),
      "GET /v1/account/grants": () => ({
        status: 200,
        body: {
          data: [{ id: "g", app_name: evil, scopes: [evil], created_at: "2026-11-22T12:00:00Z" }],
        },
      }),
    });
    await accountPage();
    await settle();
    expect(text()).toContain(evil);
    expect(main().querySelector("img")).toBeNull();
  });

  it("asks who is there where the server does, and does it then", async () => {
    let isProven = false;
    serve({
      ...LISTS,
      "POST /v1/account/totp": () =>
        isProven
          ? { status: 200, body: { data: TOTP } }
          : refused(403, "proof_needed", "Prove it."),
      "POST /v1/account/proof": ({ password }) => {
        isProven = password === "four plain words";
        return isProven ? { status: 204 } : refused(401, "invalid_login", "Not yours.");
      },
    });
    await accountPage();
    press("Turn on");
    await settle();
    const dialog = document.querySelector("dialog") as HTMLElement;
    type("Password", "wrong", dialog);
    press("Go on", dialog);
    await settle();
    expect(problemOf(field("Password", dialog))).toBe("Not yours.");
    type("Password", "four plain words", dialog);
    press("Go on", dialog);
    await settle();
    await settle();
    expect(document.querySelector("dialog")).toBeNull();
    expect(text()).toContain("ABCD EFGH");
    expect(asked.filter((call) => call === "POST /v1/account/totp")).toHaveLength(2);
  });

  it("does nothing when the reader would rather not say", async () => {
    serve({
      ...LISTS,
      "POST /v1/account/totp": () => refused(403, "proof_needed", "Prove it."),
    });
    await accountPage();
    press("Turn on");
    await settle();
    press("Cancel", document.querySelector("dialog") as HTMLElement);
    await settle();
    expect(document.querySelector(".problem")).toBeNull();
    expect(document.querySelector("dialog")).toBeNull();
  });

  it("says which list is missing, and loads it again", async () => {
    let isAway = true;
    serve({
      ...LISTS,
      "GET /v1/account/grants": () => {
        if (isAway) throw new TypeError("Failed to fetch");
        return { status: 200, body: { data: [] } };
      },
    });
    await accountPage();
    await settle();
    isAway = false;
    press("Try again");
    await settle();
    expect(text()).toContain("You have let no app in.");
  });

  it("signs out", async () => {
    serve({ ...LISTS, "POST /v1/logout": () => ({ status: 204 }) });
    await accountPage();
    press("Sign out");
    await settle();
    expect(go).toHaveBeenCalledWith("/login");
  });
});
