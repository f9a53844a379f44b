import { defineConfig } from "vite";

/** The stylesheet uses light-dark(); older engines would get a page without colours. */
const CSS_TARGET = ["chrome123", "firefox120", "safari17.5"];

export default defineConfig({
  base: "/docs/",
  build: {
    target: "es2022",
    cssTarget: CSS_TARGET,
    assetsInlineLimit: 0, // a strict content policy refuses data: addresses
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev -w docs` beside a running server.
    proxy: {
      "/openapi.json": "http://127.0.0.1:8080",
      "/openapi.yaml": "http://127.0.0.1:8080",
      "/v1": "http://127.0.0.1:8080",
    },
  },
});
