// /account: who is signed in, and everything that keeps the account safe.
import { ACCOUNT, go, LOGIN, loginPath } from "../address.ts";
import { call, Problem } from "../../../api.ts";
import type { Account } from "../model.ts";
import { appSection, loginSection, passkeySection } from "./access.ts";
import { actButton, problemBox, showProblem } from "./act.ts";
import { announce, byId, freshId, h, icon, show } from "./dom.ts";
import { newPasswordField, passwordField } from "./field.ts";
import { form } from "./form.ts";
import { hiddenName, withProof } from "./proof.ts";
import { section } from "./section.ts";
import { twoStepSection } from "./two-step.ts";

export async function accountPage(): Promise<void> {
  try {
    draw(await call<Account>("GET", "/v1/account"));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      return go(loginPath(ACCOUNT));
    }
    const box = problemBox();
    show("Your account", box);
    showProblem(box, error, () => void accountPage());
  }
}

function draw(account: Account): void {
  byId("main").className = "sections";
  const logins = loginSection(account);
  const apps = appSection(account);
  const reload = () => {
    void logins.load();
    void apps.load();
  };
  show(
    "Your account",
    person(account),
    account.workspaces.length > 1 && workspaceSection(account),
    passwordSection(account, reload),
    twoStepSection(account),
    passkeySection(account),
    logins.node,
    apps.node,
  );
}

function person({ operator, email, workspace }: Account): HTMLElement {
  const box = problemBox();
  const signOut = actButton({
    label: "Sign out",
    busy: "Signing out…",
    box,
    async run() {
      await call("POST", "/v1/logout");
      await go(LOGIN);
    },
  });
  const role = operator.access_role ?? operator.role;
  return h(
    "div",
    { class: "person" },
    h("span", { class: "avatar", "aria-hidden": "true" }, initials(operator.name)),
    h(
      "div",
      { class: "row-text" },
      h("p", { class: "row-title" }, h("bdi", {}, operator.name)),
      h("p", { class: "quiet" }, h("bdi", {}, email)),
      h("p", { class: "quiet" }, `${capital(role)} in `, h("bdi", {}, workspace.name)),
    ),
    signOut,
    box,
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return chosen
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
}

function capital(word: string): string {
  const plain = word.replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function workspaceSection(account: Account): HTMLElement {
  const id = freshId("workspace");
  const box = problemBox();
  const select = h(
    "select",
    { id },
    account.workspaces.map((one) =>
      h("option", { value: one.id, selected: one.id === account.workspace.id }, one.name),
    ),
  );
  const change = actButton({
    label: "Switch",
    busy: "Switching…",
    box,
    async run() {
      const choice = { workspace: select.value };
      const next = await withProof(account, () =>
        call<Account>("POST", "/v1/account/workspace", choice),
      );
      draw(next);
      announce(`You are in ${next.workspace.name} now`);
    },
  });
  return section(
    "Workspace",
    "",
    h(
      "div",
      { class: "choice" },
      h("div", { class: "field" }, h("label", { for: id }, "Work in"), select),
      change,
    ),
    box,
  ).node;
}

/** A new password ends the other logins and what apps were granted: `changed` shows what is left. */
function passwordSection(account: Account, changed: () => void): HTMLElement {
  const part = section("Password", "Changing it signs you out everywhere else, apps included.");
  const fill = (done: boolean) => {
    const node = form({
      fields: [
        passwordField("Current password", "current_password"),
        newPasswordField("New password"),
      ],
      action: "Change the password",
      busy: "Changing…",
      isQuiet: true,
      fieldOf: { invalid_login: "current_password" },
      async send(values) {
        await withProof(account, () => call("POST", "/v1/account/password", values));
        fill(true);
        changed();
        announce("Your password is changed");
      },
    });
    node.prepend(hiddenName(account.email));
    part.fill(
      done && h("p", { class: "done" }, icon("check"), h("span", {}, "Your password is changed.")),
      node,
    );
  };
  fill(false);
  return part.node;
}
