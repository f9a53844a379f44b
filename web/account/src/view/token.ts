// The pages that a link with a token opens: the first account, an invitation, a new password.
import { go, HOME, LOGIN } from "../address.ts";
import { call, Problem } from "../../../api.ts";
import type { Account } from "../model.ts";
import { h, icon, show } from "./dom.ts";
import { codeField, emailField, nameField, newPasswordField, passwordField } from "./field.ts";
import { form, type Values } from "./form.ts";

export function claimPage(token: string): void {
  if (!token) return halfLink("Open the link that the server printed when it started, all of it.");
  const name = nameField(false);
  name.input.dataset.first = "";
  show(
    "Welcome to Switchboard",
    h("p", {}, "This server belongs to nobody yet. Make the first account, which may do all."),
    form({
      fields: [name, emailField("username"), newPasswordField("Password")],
      action: "Make the account",
      busy: "Making the account…",
      async send(values) {
        try {
          await call<Account>("POST", "/v1/claim", { token, ...values });
        } catch (error) {
          if (!isSpent(error)) throw error;
          return spentLink("This server has its first account", error);
        }
        await go(HOME);
      },
    }),
  );
}

export function joinPage(token: string): void {
  if (!token) return halfLink("Open the link of the invitation once more, all of it.");
  const name = nameField(true);
  name.input.dataset.first = "";
  const password = passwordField();
  // Password managers may offer to make one; whoever has an account gives theirs.
  password.input.autocomplete = "new-password";
  const hint = password.node.querySelector(".hint");
  hint?.replaceChildren(
    "Choose one of 12 characters or more; or give the one of your account, if you have one here.",
  );
  show(
    "Join your team",
    h("p", {}, "You are invited to a workspace on this server."),
    form({
      fields: [name, password],
      action: "Accept the invitation",
      busy: "Joining…",
      send: (values) => redeem({ token, ...values }),
    }),
  );
}

/** Accepts the invitation; an account with two-step codes is asked for one first. */
async function redeem(body: Values): Promise<void> {
  try {
    await call<Account>("POST", "/v1/invitations/redeem", body);
  } catch (error) {
    if (isSpent(error)) return spentLink("This invitation is over", error);
    if (!(error instanceof Problem) || error.code !== "code_needed") throw error;
    joinCodeStep(body);
    return;
  }
  await go(HOME);
}

function joinCodeStep(body: Values): void {
  const code = codeField();
  code.input.dataset.first = "";
  show(
    "Enter your code",
    h("p", {}, "You have an account here, and it asks for a code as well."),
    form({
      fields: [code],
      action: "Accept the invitation",
      busy: "Joining…",
      async send(values) {
        await call<Account>("POST", "/v1/invitations/redeem", { ...body, ...values });
        await go(HOME);
      },
    }),
  );
}

export function resetPage(token: string): void {
  if (!token) return halfLink("Open the link of the mail once more, all of it.");
  const password = newPasswordField("New password");
  password.input.dataset.first = "";
  show(
    "Choose a new password",
    h("p", {}, "It takes the place of the old one, and ends every login of the account."),
    form({
      fields: [password],
      action: "Save the password",
      busy: "Saving…",
      async send(values) {
        try {
          await call("POST", "/v1/password-resets/redeem", { token, ...values });
        } catch (error) {
          if (!isSpent(error)) throw error;
          return spentLink("This link is over", error, {
            words: "Send a new link",
            path: `${LOGIN}?forgot`,
          });
        }
        savedStep();
      },
    }),
  );
}

function savedStep(): void {
  show(
    "Your password is changed",
    h("p", { class: "done" }, icon("check"), h("span", {}, "The new one is in force now.")),
    h("div", { class: "actions" }, h("a", { class: "button primary", href: LOGIN }, "Sign in")),
  );
}

/** Whether it is the link itself that the server refuses: no other value would help. */
function isSpent(error: unknown): error is Problem {
  if (!(error instanceof Problem)) return false;
  return error.param === "token" || error.status === 404 || error.status === 410;
}

function spentLink(
  title: string,
  problem: Problem,
  next = { words: "Sign in", path: LOGIN },
): void {
  show(
    title,
    h("p", { class: "problem" }, icon("alert"), h("span", {}, problem.message)),
    h("div", { class: "actions" }, h("a", { class: "button", href: next.path }, next.words)),
  );
}

/** Mail programs break long links; and a reloaded page has no token any more. */
function halfLink(words: string): void {
  show(
    "The link is not whole",
    h("p", {}, words),
    h("div", { class: "actions" }, h("a", { class: "button", href: LOGIN }, "Sign in")),
  );
}
