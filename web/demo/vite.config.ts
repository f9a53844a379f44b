import { defineConfig } from "vite";

/** The shop that `--demo` shows at `/demo`; the server puts a site's key in place of `__SITE_KEY__`. */
export default defineConfig({
  base: "/demo/",
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0, // a strict content policy refuses data: addresses
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/widget": { target: "http://127.0.0.1:8080", ws: true } },
  },
});
