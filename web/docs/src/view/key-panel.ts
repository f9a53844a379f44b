// The reader's API key: one field, in a panel that every operation can open.
import { announce, h, icon } from "./dom.ts";
import { apiKey } from "./session.ts";

const PANEL = "key-panel";
/** Enough to recognise a key by, too little to use it. */
const KEY_TAIL_CHARS = 4;
/** Samples on the whole page follow the key; they wait until the typing pauses. */
const TYPING_PAUSE_MS = 150;

export function keyButton(): HTMLButtonElement {
  const label = h("span", {}, "API key");
  const draw = () => {
    const key = apiKey.get();
    label.textContent = key ? `Key …${key.slice(-KEY_TAIL_CHARS)}` : "API key";
    button.classList.toggle("has-key", key !== "");
  };
  const button = h(
    "button",
    { type: "button", class: "key-button", popovertarget: PANEL },
    icon("key"),
    label,
  );
  apiKey.watch(draw);
  draw();
  return button;
}

export function keyPanel(): HTMLElement {
  const field = h("input", {
    id: "api-key",
    autofocus: true,
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
    placeholder: "sk_test_…",
    "aria-describedby": "api-key-hint",
  });
  let pause: ReturnType<typeof setTimeout> | undefined;
  const keep = () => {
    clearTimeout(pause);
    // Copied keys bring spaces and line breaks along; a header takes neither.
    apiKey.set(field.value.replace(/\s+/g, ""));
  };
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(keep, TYPING_PAUSE_MS);
  });
  field.addEventListener("change", keep);
  const show = showButton(field);
  const panel = h("form", {
    id: PANEL,
    popover: "auto",
    class: "key-panel",
    "aria-label": "Key for this page",
  });
  const forget = () => {
    field.value = "";
    keep();
    field.focus();
    announce("The key is forgotten");
  };
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
    panel.hidePopover();
    announce(apiKey.get() ? "The samples now use your key" : "No key is set");
  });
  panel.addEventListener("toggle", () => {
    if (!panel.matches(":popover-open")) keep();
  });
  panel.append(
    h("label", { for: "api-key" }, "Your API key"),
    h("div", { class: "key-line" }, field, show),
    h(
      "p",
      { id: "api-key-hint", class: "hint" },
      "Fills in every sample and sends “Try it” requests. Kept in this page’s memory only: it is " +
        "not stored, and it is gone when you close or reload the page.",
    ),
    h(
      "div",
      { class: "key-actions" },
      h("button", { type: "submit", class: "button" }, "Use this key"),
      h("button", { type: "button", class: "quiet-button", onclick: forget }, "Forget it"),
    ),
  );
  return panel;
}

function showButton(field: HTMLInputElement): HTMLButtonElement {
  const show = h(
    "button",
    { type: "button", class: "quiet-button", "aria-pressed": "false" },
    "Show",
  );
  show.addEventListener("click", () => {
    const isHidden = field.type === "password";
    field.type = isHidden ? "text" : "password";
    show.setAttribute("aria-pressed", String(isHidden));
  });
  return show;
}
