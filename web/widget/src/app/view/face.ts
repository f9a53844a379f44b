// Who speaks: a picture, or the first letter of a name.
import type { Person } from "../model/wire.ts";
import { initial, plainName } from "../text/name.ts";
import { h, icon, type Child } from "./dom.ts";

interface Look {
  isSmall?: boolean;
  isOnline?: boolean;
  isBot?: boolean;
}

const TINTS = 5;

export function face(person: Person | null, look: Look = {}): HTMLElement {
  const name = person?.name ?? "";
  return h(
    "span",
    {
      class: look.isSmall ? "sw-av s" : "sw-av",
      "data-on": look.isOnline === true,
      "data-tint": tintOf(name),
      "aria-hidden": "true",
    },
    picture(person, name, look),
  );
}

function picture(person: Person | null, name: string, look: Look): Child {
  if (!person?.avatar_url) return look.isBot ? icon("bot") : initial(name);
  const image = h("img", { src: person.avatar_url, alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(initial(name)), { once: true });
  return image;
}

/** The same person always has the same colour. */
function tintOf(name: string): string {
  let sum = 0;
  for (const sign of plainName(name)) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 10_007;
  return String(sum % TINTS);
}
