import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ["browser"] }, // without it, svelte is the one of a server
  test: { include: ["*/src/**/*.test.ts"], environment: "happy-dom" },
});
