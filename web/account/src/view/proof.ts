// Some acts ask who is there once more: a dialog takes the password, and the act runs again.
import { ACCOUNT, go, loginPath } from "../address.ts";
import { call, Problem } from "../../../api.ts";
import type { Account } from "../model.ts";
import { Cancelled } from "./act.ts";
import { freshId, h } from "./dom.ts";
import { codeField, passwordField } from "./field.ts";
import { form } from "./form.ts";

/** Other answers of 401 mean that the login itself is over. */
const WRONG_GUESS = ["invalid_login", "invalid_code", "code_needed"];

/** Asks in the account's name: again with proof if it takes that, or from the start if it must. */
export async function withProof<T>(account: Account, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401 && !WRONG_GUESS.includes(error.code)) return go(loginPath(ACCOUNT));
    if (error.code !== "proof_needed") throw error;
  }
  await askForProof(account);
  return act();
}

function askForProof(account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    let isProven = false;
    const id = freshId("proof");
    const body = h("div", {});
    const draw = (isCode: boolean) => {
      const field = isCode ? codeField() : passwordField();
      const cancel = h("button", { type: "button" }, "Cancel");
      cancel.addEventListener("click", () => dialog.close());
      const node = form({
        fields: [field],
        action: "Go on",
        busy: "Checking…",
        beside: cancel,
        async send(values) {
          await call("POST", "/v1/account/proof", values);
          isProven = true;
          dialog.close();
        },
      });
      // Password managers look for the name that goes with the password.
      node.prepend(hiddenName(account.email));
      body.replaceChildren(node);
      if (account.has_totp) body.append(other(isCode));
      field.input.focus();
    };
    const other = (isCode: boolean) => {
      const words = isCode ? "Use the password instead" : "Use a code instead";
      const button = h("button", { type: "button", class: "plain" }, words);
      button.addEventListener("click", () => draw(!isCode));
      return h("p", { class: "after" }, button);
    };
    const dialog = h(
      "dialog",
      { "aria-labelledby": id },
      h("h2", { id }, "Is it you?"),
      h("p", {}, "You signed in a while ago. This needs your password once more."),
      body,
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (isProven) resolve();
      else reject(new Cancelled());
    });
    document.body.append(dialog);
    dialog.showModal();
    draw(false);
  });
}

export function hiddenName(email: string): HTMLElement {
  return h("input", { type: "text", autocomplete: "username", value: email, hidden: true });
}
