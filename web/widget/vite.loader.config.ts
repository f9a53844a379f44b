import { defineConfig, type Plugin } from "vite";

/**
 * One classic script, which the server sends at `/widget/pk_….js` with the site's face in place of
 * "__SITE__". The name stands in the source as a free one, so that the minifier cannot copy the text.
 */
const placeholder: Plugin = {
  name: "placeholder",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === "chunk") chunk.code = chunk.code.replace("__FACE__", '"__SITE__"');
    }
  },
};

export default defineConfig({
  plugins: [placeholder],
  build: {
    target: "es2019",
    emptyOutDir: false,
    rolldownOptions: { optimization: { inlineConst: { mode: "all", pass: 2 } } },
    lib: {
      entry: "src/loader/main.ts",
      name: "_",
      formats: ["iife"],
      fileName: () => "loader.js",
    },
  },
});
