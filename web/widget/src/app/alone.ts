// The chat on a page of its own, without one around it: what a page would have told.
import type { Start } from "../shared/protocol.ts";
import type { Site } from "../shared/site.ts";
import { quietly } from "./net/keep.ts";

const tokenKey = (siteKey: string) => `switchboard:${siteKey}:token`;

export function aloneStart(siteKey: string): Start {
  const token = quietly(() => localStorage.getItem(tokenKey(siteKey)));
  return {
    site: blankSite(siteKey),
    stored: token ? { token } : {},
    page: { url: location.href, title: document.title, referrer: document.referrer },
    locale: navigator.language,
    waiting: [["open", true]],
  };
}

/** A site of which only the key is known: what a page tells goes over it, and the server's word over that. */
export function blankSite(key: string): Site {
  return {
    key,
    name: "",
    theme: { accent: "", scheme: "auto", side: "end", launcher: "hide" },
    locale: "auto",
    texts: {},
    is_open: true,
    next_open_at: null,
    closed_text: null,
    timezone: null,
    pre_chat: null,
    offline: null,
    triggers: [],
    tracking: "off",
    keep_params: [],
    attachments: { bytes_max: 0, types: [] },
    has_rating: false,
    privacy_url: null,
  };
}

/** Remembers the visitor where no page does it. */
export function keepToken(siteKey: string, token: string | undefined): void {
  quietly(() => {
    if (token) localStorage.setItem(tokenKey(siteKey), token);
    else localStorage.removeItem(tokenKey(siteKey));
  });
}
