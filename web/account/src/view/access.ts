// Who and what gets into the account: passkeys, logins, apps.
import { call } from "../../../api.ts";
import type { Account, Grant, Login, Passkey, Question } from "../model.ts";
import { hasPasskeys, makePasskey, type CreationOptions } from "../passkey.ts";
import { actButton, problemBox, sureButton } from "./act.ts";
import { announce, h, type Child } from "./dom.ts";
import { deviceName } from "./device.ts";
import { textField } from "./field.ts";
import { form } from "./form.ts";
import { withProof } from "./proof.ts";
import { list, row, section, type Loaded } from "./section.ts";
import { timeNode } from "./time.ts";

const PASSKEYS = "/v1/account/passkeys";
const LOGINS = "/v1/account/logins";
const GRANTS = "/v1/account/grants";

export function passkeySection(account: Account): HTMLElement {
  const keys = list<Passkey>({
    load: () => withProof(account, () => call<Passkey[]>("GET", PASSKEYS)),
    empty: "None yet.",
    row: (key, gone) => passkeyRow(account, key, gone),
  });
  void keys.load();
  const part = section(
    "Passkeys",
    "Sign in with your fingerprint, face or device lock instead of a password.",
    keys.node,
    hasPasskeys()
      ? addForm(account, keys.load)
      : h(
          "p",
          { class: "quiet" },
          "Passkeys need an address with https and a name, such as chat.example.com.",
        ),
  );
  return part.node;
}

function addForm(account: Account, added: () => Promise<void>): HTMLElement {
  const name = textField({
    name: "name",
    label: "Name of a new passkey",
    autocomplete: "off",
    value: deviceName(navigator.userAgent),
    missing: "Give it a name to know it by.",
  });
  return form({
    fields: [name],
    action: "Add a passkey",
    busy: "Waiting for your device…",
    isQuiet: true,
    async send(values) {
      const { voucher, options } = await withProof(account, () =>
        call<Question<CreationOptions>>("POST", `${PASSKEYS}/question`),
      );
      const credential = await makePasskey(options);
      await withProof(account, () => call("POST", PASSKEYS, { voucher, credential, ...values }));
      announce("The passkey was added");
      await added();
    },
  });
}

function passkeyRow(account: Account, key: Passkey, gone: (words: string) => void): HTMLElement {
  const box = problemBox();
  const remove = sureButton({
    label: "Remove",
    name: `Remove ${key.name}`,
    question: `“${key.name}” will not sign you in any more.`,
    sure: "Remove the passkey",
    busy: "Removing…",
    box,
    async run() {
      await withProof(account, () => call("DELETE", `${PASSKEYS}/${encodeURIComponent(key.id)}`));
      gone("The passkey was removed");
    },
  });
  const used: Child[] = key.last_used_at ? ["used ", timeNode(key.last_used_at)] : ["not used yet"];
  return row(
    h("bdi", {}, key.name),
    [["Added ", timeNode(key.created_at), ", ", used]],
    remove,
    box,
  );
}

const METHODS: Record<string, string> = {
  password: "with the password",
  password_and_code: "with password and code",
  password_and_recovery_code: "with password and recovery code",
  passkey: "with a passkey",
  link: "by a link",
};

export function loginSection(account: Account): Loaded {
  const logins = list<Login>({
    load: () => withProof(account, () => call<Login[]>("GET", LOGINS)),
    empty: "None.",
    row: (login, gone) => loginRow(account, login, gone),
  });
  void logins.load();
  const about = "End what you do not know, then change your password.";
  return { load: logins.load, node: section("Where you are signed in", about, logins.node).node };
}

function loginRow(account: Account, login: Login, gone: (words: string) => void): HTMLElement {
  const box = problemBox();
  const device = deviceName(login.agent);
  const end = actButton({
    label: "End",
    name: `End the login of ${device}`,
    busy: "Ending…",
    box,
    async run() {
      await withProof(account, () => call("DELETE", `${LOGINS}/${encodeURIComponent(login.id)}`));
      gone("The login was ended");
    },
  });
  const node = row(
    device,
    [
      ["Seen ", timeNode(login.seen_at), login.address && [" at ", h("bdi", {}, login.address)]],
      ["Signed in ", timeNode(login.created_at), methodWords(login.method)],
    ],
    login.is_current ? h("span", { class: "mark" }, "This one") : end,
    box,
  );
  if (login.agent) node.querySelector(".row-title")?.setAttribute("title", login.agent);
  return node;
}

function methodWords(method: string): string {
  return ` ${METHODS[method] ?? `(${method})`}`;
}

export function appSection(account: Account): Loaded {
  const grants = list<Grant>({
    load: () => withProof(account, () => call<Grant[]>("GET", GRANTS)),
    empty: "You have let no app in.",
    row: (grant, gone) => grantRow(account, grant, gone),
  });
  void grants.load();
  const about = "What you have allowed to act in your name.";
  return { load: grants.load, node: section("Apps", about, grants.node).node };
}

function grantRow(account: Account, grant: Grant, gone: (words: string) => void): HTMLElement {
  const box = problemBox();
  const revoke = sureButton({
    label: "Revoke",
    name: `Revoke ${grant.app_name}`,
    question: `${grant.app_name} loses its access at once, and what it does for you stops.`,
    sure: "Revoke the access",
    busy: "Revoking…",
    box,
    async run() {
      await withProof(account, () => call("DELETE", `${GRANTS}/${encodeURIComponent(grant.id)}`));
      gone("The access was revoked");
    },
  });
  const until = grant.expires_at && [", ends ", timeNode(grant.expires_at)];
  return row(
    h("bdi", {}, grant.app_name),
    [
      grant.scopes.map((scope) => h("code", { class: "scope" }, scope)),
      ["Allowed ", timeNode(grant.created_at), until],
    ],
    revoke,
    box,
  );
}
