// How the iframe and the launcher look on the page once the chat is there. The page's script stays
// small because it does not know this.
import type { Site } from "../shared/site.ts";

const SHADOW = "0 8px 26px rgb(27 26 23/.2),0 2px 6px rgb(27 26 23/.12)";
const DOWN = "M20 25l8 8 8-8-1.5-1.5-6.5 6.5-6.5-6.5z";

export function frameStyle({ side, scheme }: Site["theme"]): string {
  return (
    `iframe{z-index:9999999999;inset-block-end:96px;inset-inline-${side}:24px;width:376px;height:min(720px,100vh - 120px);max-width:calc(100vw - 48px);border:0;border-radius:16px;background:none;color-scheme:${scheme === "auto" ? "light dark" : scheme};opacity:0;transform:translateY(4px);transition:opacity .22s,transform .22s,visibility .22s}` +
    `.open,.bubble{visibility:visible;opacity:1;transform:none}.open{box-shadow:${SHADOW}}` +
    `.bubble{inset-block-end:72px;inset-inline-${side}:8px;width:336px;max-width:calc(100vw - 16px);border-radius:0}` +
    `[aria-expanded=true]:before{clip-path:path("${DOWN}")}` +
    "@media(max-width:480px){.open{inset:0;width:100%;max-width:none;height:var(--h,100%);border-radius:0}}" +
    "@media print{iframe{display:none}}" +
    "@media(prefers-reduced-motion:reduce){iframe{transition:none}}" +
    "@media(forced-colors:active){.open{outline:1px solid}}"
  );
}

export function bubbleHeight(pixels: number): string {
  return `.bubble{height:${String(Math.ceil(pixels))}px}`;
}
