// What the server is told of a visit, where the site, the browser and the visitor allow it.
import type { Page } from "../shared/protocol.ts";
import { cleanUrl } from "./address.ts";
import { origin, site } from "./site.ts";
import { stored } from "./store.ts";

let { referrer } = document;
let seenUrl = "";

export function here(): Page {
  return {
    url: cleanUrl(location.href, site.keep_params),
    title: document.title,
    referrer: cleanUrl(referrer, []),
  };
}

/** Whether this is another page than before; a hash makes none. */
export function hasMoved(): boolean {
  const [url] = location.href.split("#") as [string];
  if (url === seenUrl) return false;
  referrer = seenUrl || referrer;
  seenUrl = url;
  return true;
}

/** Sites that ask first may neither tell nor show anything before the visitor said yes. */
export function mayAsk(): boolean {
  return site.tracking !== "consent" || !!stored().consent;
}

/** Tells of this page; learns who the visitor is, and calls back with what they have not read. */
export function visit(hear: (unread: number) => void): void {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & {
    globalPrivacyControl?: boolean;
  };
  if (site.tracking === "off" || !mayAsk() || doNotTrack === "1" || globalPrivacyControl) return;
  fetch(`${origin}/widget/v1/pageview?site=${site.key}`, {
    method: "POST",
    keepalive: true,
    body: JSON.stringify({ token: stored().token, pages: [here()] }),
  })
    .then((answer) => answer.json())
    .then(({ data: { token, unread_count: unread } }) => {
      if (token) stored({ token });
      if (unread) hear(unread);
    })
    .catch(() => 0);
}
