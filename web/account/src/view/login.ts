// /login: a password, a code where the account asks for one, or a passkey; and the way back in.
import { go, LOGIN, nextPath } from "../address.ts";
import { call, Problem } from "../../../api.ts";
import type { Account, Question } from "../model.ts";
import { canOfferPasskeys, hasPasskeys, usePasskey, type RequestOptions } from "../passkey.ts";
import { actButton, problemBox, showProblem } from "./act.ts";
import { h, icon, show } from "./dom.ts";
import { codeField, emailField, passwordField } from "./field.ts";
import { form, type Values } from "./form.ts";

const UNKNOWN_PASSKEY = "This passkey belongs to no account here. Sign in with your password.";
const OLD_QUESTION = "The page was open for long. Try the passkey once more.";

export function loginPage(): void {
  if (new URLSearchParams(location.search).has("forgot")) forgotStep();
  else firstStep();
}

function enter(): Promise<never> {
  return go(nextPath(location.search));
}

function firstStep(address?: string): void {
  const email = emailField("username webauthn", address);
  const password = passwordField("Password", "password", " webauthn");
  (address ? password : email).input.dataset.first = "";
  const offer = new AbortController();
  const signIn = form({
    fields: [email, password],
    action: "Sign in",
    busy: "Signing in…",
    async send(values) {
      try {
        await call<Account>("POST", "/v1/login", values);
      } catch (error) {
        if (!isCodeNeeded(error)) throw error;
        offer.abort();
        codeStep(values);
        return;
      }
      await enter();
    },
  });
  const forgot = h("button", { type: "button", class: "plain" }, "Forgot password?");
  forgot.addEventListener("click", () => {
    offer.abort();
    forgotStep(email.input.value);
  });
  signIn.append(h("p", { class: "after" }, forgot));
  show("Sign in", signIn, hasPasskeys() && passkeyPart(offer));
}

function isCodeNeeded(error: unknown): boolean {
  return error instanceof Problem && error.code === "code_needed";
}

function codeStep(login: Values): void {
  const code = codeField();
  code.input.dataset.first = "";
  const back = h("button", { type: "button" }, "Back");
  back.addEventListener("click", () => firstStep(login.email));
  show(
    "Enter your code",
    h("p", {}, "Signing in as ", h("bdi", {}, login.email), " takes one more step."),
    form({
      fields: [code],
      action: "Sign in",
      busy: "Signing in…",
      beside: back,
      async send(values) {
        await call<Account>("POST", "/v1/login", { ...login, ...values });
        await enter();
      },
    }),
  );
}

/** The button, and the same offer in the list under the e-mail field. */
function passkeyPart(offer: AbortController): HTMLElement {
  const box = problemBox();
  const button = actButton({
    label: [icon("key"), "Sign in with a passkey"],
    busy: "Waiting for your passkey…",
    box,
    async run() {
      offer.abort();
      const { voucher, options } = await question();
      await answer(voucher, await usePasskey(options));
    },
  });
  offerPasskeys(offer.signal, box).catch((error: unknown) => {
    // Nobody asked for it yet: the button says what is wrong to whoever does.
    if (!(error instanceof Problem)) console.error(error);
  });
  return h("div", { class: "other-way" }, h("p", { class: "or" }, "or"), box, button);
}

async function offerPasskeys(signal: AbortSignal, box: HTMLElement): Promise<void> {
  if (!(await canOfferPasskeys())) return;
  const { voucher, options } = await question();
  const credential = await usePasskey(options, { mediation: "conditional", signal });
  await answer(voucher, credential).catch((error: unknown) => showProblem(box, error));
}

function question(): Promise<Question<RequestOptions>> {
  return call("POST", "/v1/login/passkey");
}

async function answer(voucher: string, credential: object): Promise<void> {
  try {
    await call<Account>("POST", "/v1/login/passkey/answer", { voucher, credential });
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 0 || error.status === 429) throw error;
    if (error.code === "invalid_login") throw new Problem(UNKNOWN_PASSKEY, error.code);
    // A question is good for a few minutes; a page may be open for hours.
    throw error.param === "token" ? new Problem(OLD_QUESTION, error.code) : error;
  }
  await enter();
}

function forgotStep(address?: string): void {
  const email = emailField("username", address);
  email.input.dataset.first = "";
  show(
    "Reset your password",
    h("p", {}, "A link to choose a new one comes by mail."),
    form({
      fields: [email],
      action: "Send the link",
      busy: "Sending…",
      beside: toSignIn(),
      async send(values) {
        await call("POST", "/v1/password-resets", values);
        sentStep(values.email ?? "");
      },
    }),
  );
}

/** The same words whether there is an account or not: nobody can try out who has one. */
function sentStep(address: string): void {
  show(
    "Look into your mail",
    h(
      "p",
      {},
      "A link is on its way to ",
      h("bdi", {}, address),
      ", if there is an account with this address. It may take a minute; it may land among spam.",
    ),
    h("div", { class: "actions" }, toSignIn()),
  );
}

function toSignIn(): HTMLElement {
  const back = h("button", { type: "button" }, "Back to sign in");
  back.addEventListener("click", () => {
    // The address may say ?forgot; where to go afterwards stays.
    const query = new URLSearchParams(location.search);
    query.delete("forgot");
    history.replaceState(history.state, "", LOGIN + (query.size > 0 ? `?${query.toString()}` : ""));
    firstStep();
  });
  return back;
}
