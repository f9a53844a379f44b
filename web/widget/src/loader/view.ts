// The few elements that stand on the host page, in a closed shadow root of their own.
import { site } from "./site.ts";

const { accent, side } = site.theme;
const CHAT =
  "M28 18c6.5 0 11 4 11 9.5S34.5 37 28 37l-4-.6-5.5 2.6 1-5c-1.5-1.5-2.5-4-2.5-6.5 0-5.5 4.5-9.5 11-9.5zM22 28c2 6 10 6 12 0z";

/** Black on a bright accent, white on a dark one and where the engine knows no such formula. */
const ink = `color:#fff;color:oklch(from ${accent} calc((.68 - l)*999) 0 0)`;

const css =
  ":host{all:initial!important}" +
  `button{all:unset;position:fixed;z-index:9999999999;inset-block-end:24px;inset-inline-${side}:24px;width:56px;height:56px;border-radius:50%;cursor:pointer;forced-color-adjust:none;background:${accent};${ink};box-shadow:0 8px 26px #0003}` +
  `button:focus-visible{outline:2px solid ${accent};outline-offset:2px}` +
  `button:before{content:"";display:block;height:100%;background:currentColor;clip-path:path(evenodd,"${CHAT}")}` +
  `button:after{content:attr(data-n);position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:20px;border-radius:10px;background:#b21;color:#fff;font:600 12px/20px system-ui;text-align:center}` +
  `[hidden],[data-n=""]:after{display:none}` +
  "iframe{position:fixed;visibility:hidden}" +
  "@media print{button{display:none}}";

export const host = document.createElement("switchboard-chat");
const root = host.attachShadow({ mode: "closed" });

export function add<K extends keyof HTMLElementTagNameMap>(tag: K): HTMLElementTagNameMap[K] {
  return root.appendChild(document.createElement(tag));
}

/** The button that opens the chat. */
export const launcher = add("button");
launcher.ariaHasPopup = "dialog";

/** A look for the elements here; a strict content policy allows the first way and not the second. */
export function dress(text: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    add("style").textContent = text;
  }
}

dress(css);
