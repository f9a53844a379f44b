import { defineConfig } from "vite";

/** Pages bundle the source; this build is there to be weighed. */
export default defineConfig({
  build: {
    target: "es2020",
    minify: true,
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "realtime.js" },
    rolldownOptions: { output: { minify: true } },
  },
});
