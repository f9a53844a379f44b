import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** The stylesheet uses light-dark(); older engines would get a page without colours. */
const CSS_TARGET = ["chrome123", "firefox120", "safari17.5"];

export default defineConfig({
  base: "/app/",
  plugins: [svelte()],
  build: {
    target: "es2022",
    cssTarget: CSS_TARGET,
    assetsInlineLimit: 0, // a strict content policy refuses data: addresses in styles
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev -w dashboard` beside a running server.
    proxy: {
      "/v1": { target: "http://127.0.0.1:8080", ws: true },
      "/login": "http://127.0.0.1:8080",
    },
  },
});
