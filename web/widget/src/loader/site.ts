import type { SiteOnPage } from "../shared/site.ts";

/** The server puts the JSON of the site's public face in place of this text, quotes and all. */
export const site = __FACE__ as SiteOnPage;
declare const __FACE__: unknown;

/** Where this script came from: the server of the chat. */
export const { origin } = new URL((document.currentScript as HTMLScriptElement).src);
