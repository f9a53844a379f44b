// Two-step codes: turned on with an app, kept alive by recovery codes.
import { call } from "../../../api.ts";
import type { Account, RecoveryCodes, Totp } from "../model.ts";
import { actButton, problemBox, sureButton } from "./act.ts";
import { announce, copy, h, icon } from "./dom.ts";
import { codeField } from "./field.ts";
import { form } from "./form.ts";
import { withProof } from "./proof.ts";
import { section, type Section } from "./section.ts";

const PATH = "/v1/account/totp";
const SECRET_GROUP_CHARS = 4;
const FEW_CODES_LEFT = 3;

export function twoStepSection(account: Account): HTMLElement {
  const part = section(
    "Two-step codes",
    "After the password, a code from an app on your phone. A stolen password is then not enough.",
  );
  draw(part, account);
  return part.node;
}

function draw(part: Section, account: Account): void {
  if (account.has_totp) drawOn(part, account);
  else drawOff(part, account);
}

function drawOff(part: Section, account: Account): void {
  const box = problemBox();
  const button = actButton({
    label: "Turn on",
    busy: "Making a secret…",
    box,
    async run() {
      const totp = await withProof(account, () => call<Totp>("POST", PATH));
      drawSetup(part, account, totp);
    },
  });
  part.fill(h("p", { class: "state" }, "Off"), box, h("div", { class: "actions" }, button));
}

function drawSetup(part: Section, account: Account, totp: Totp): void {
  const code = codeField({ canRecover: false });
  code.input.dataset.first = "";
  const cancel = h("button", { type: "button" }, "Cancel");
  cancel.addEventListener("click", () => draw(part, account));
  const picture = h("img", {
    class: "qr",
    alt: "QR code with the secret that stands beside it",
    // As an image it can run nothing, whatever is in it.
    src: `data:image/svg+xml,${encodeURIComponent(totp.qr_svg)}`,
  });
  part.fill(
    h(
      "div",
      { class: "setup" },
      picture,
      h(
        "ol",
        {},
        h("li", {}, "Scan the picture with an authenticator app."),
        h(
          "li",
          {},
          "Or type the secret into it: ",
          h("code", { class: "secret" }, grouped(totp.secret)),
          totp.uri.startsWith("otpauth://") &&
            h("p", {}, h("a", { href: totp.uri }, "Open in an app on this device")),
        ),
        h("li", {}, "Write the code that the app shows now."),
      ),
    ),
    form({
      fields: [code],
      action: "Turn on",
      busy: "Checking…",
      beside: cancel,
      async send(values) {
        const made = await withProof(account, () =>
          call<RecoveryCodes>("POST", `${PATH}/confirm`, values),
        );
        account.has_totp = true;
        announce("Two-step codes are on");
        drawCodes(part, account, made.recovery_codes);
      },
    }),
  );
}

export function grouped(secret: string): string {
  return secret.match(new RegExp(`.{1,${String(SECRET_GROUP_CHARS)}}`, "g"))?.join(" ") ?? secret;
}

function drawCodes(part: Section, account: Account, codes: string[]): void {
  account.recovery_codes_left = codes.length;
  const text = `${codes.join("\n")}\n`;
  const box = problemBox();
  const title = h("p", { class: "done", tabindex: -1 }, icon("check"), keepWords());
  title.dataset.first = "";
  const copyCodes = h("button", { type: "button" }, "Copy");
  copyCodes.addEventListener("click", () => {
    copy(text).then(
      () => {
        copyCodes.textContent = "Copied";
        announce("Copied");
      },
      () => box.replaceChildren("The browser refused to copy: select the codes instead."),
    );
  });
  const file = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const download = h(
    "a",
    { class: "button", href: file, download: "switchboard-recovery-codes.txt" },
    "Download",
  );
  const done = h("button", { type: "button", class: "primary" }, "I have kept them");
  done.addEventListener("click", () => {
    URL.revokeObjectURL(file);
    draw(part, account);
  });
  part.fill(
    title,
    h(
      "ul",
      { class: "codes", "aria-label": "Recovery codes" },
      codes.map((one) => h("li", {}, h("code", {}, one))),
    ),
    box,
    h("div", { class: "actions" }, done, copyCodes, download),
  );
}

function keepWords(): HTMLElement {
  return h(
    "span",
    {},
    "Two-step codes are on. Keep these recovery codes where your phone is not: each signs you in once without it, and they are shown only now.",
  );
}

function drawOn(part: Section, account: Account): void {
  const box = problemBox();
  const left = account.recovery_codes_left;
  const renew = actButton({
    label: "New recovery codes",
    busy: "Making codes…",
    box,
    async run() {
      const made = await withProof(account, () =>
        call<RecoveryCodes>("POST", "/v1/account/recovery-codes"),
      );
      drawCodes(part, account, made.recovery_codes);
    },
  });
  const end = sureButton({
    label: "Turn off",
    question: "The password alone will do then, and the recovery codes are void.",
    sure: "Turn two-step codes off",
    busy: "Turning off…",
    box,
    async run() {
      await withProof(account, () => call("DELETE", PATH));
      account.has_totp = false;
      account.recovery_codes_left = 0;
      announce("Two-step codes are off");
      draw(part, account);
    },
  });
  part.fill(
    h("p", { class: "state is-on" }, icon("check"), "On"),
    h(
      "p",
      { class: left < FEW_CODES_LEFT ? "few" : "quiet" },
      left < FEW_CODES_LEFT && icon("alert"),
      leftWords(left),
    ),
    box,
    h("div", { class: "actions" }, renew, end),
  );
}

export function leftWords(left: number): string {
  if (left === 0) return "No recovery codes are left: make new ones.";
  const few = left < FEW_CODES_LEFT ? ": make new ones soon" : "";
  return left === 1
    ? `1 recovery code is left${few}.`
    : `${String(left)} recovery codes are left${few}.`;
}
