import { defineConfig } from "vite";

/** The stylesheet uses light-dark(); older engines would get a page without colours. */
const CSS_TARGET = ["chrome123", "firefox120", "safari17.5"];
/** The server draws the consent page itself and links the stylesheet, so its name is a promise. */
const STYLESHEET = "account.css";

const PATHS = ["/login", "/claim", "/join", "/reset", "/account"];

export default defineConfig({
  base: "/account/",
  plugins: [
    {
      // The server sends one page at all of these; so does `npm run dev -w account`.
      name: "paths",
      configureServer(server) {
        server.middlewares.use((request, _response, next) => {
          const [path = "", query] = (request.url ?? "").split("?");
          if (PATHS.includes(path)) request.url = `/account/${query ? `?${query}` : ""}`;
          next();
        });
      },
    },
  ],
  build: {
    target: "es2022",
    cssTarget: CSS_TARGET,
    assetsInlineLimit: 0, // a strict content policy refuses data: addresses in styles
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        assetFileNames: ({ names }) =>
          names.some((name) => name.endsWith(".css"))
            ? STYLESHEET
            : "assets/[name]-[hash][extname]",
      },
    },
  },
  server: {
    // `npm run dev -w account` beside a running server.
    proxy: { "/v1": "http://127.0.0.1:8080" },
  },
});
