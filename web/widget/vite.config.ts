import { defineConfig } from "vite";

/** Safari 15.4 is the oldest; the stylesheet's light-dark() is translated for it. */
const CSS_TARGET = ["chrome100", "firefox100", "safari15.4"];

/** The chat in its iframe. The server sends `frame.html` at `/widget/frame`. */
export default defineConfig({
  base: "/widget/",
  build: {
    target: "es2022",
    cssTarget: CSS_TARGET,
    assetsInlineLimit: 0, // the content policy refuses data: scripts and styles
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "frame.html" },
  },
  server: {
    proxy: { "/widget/v1": { target: "http://127.0.0.1:8080", ws: true } },
  },
});
