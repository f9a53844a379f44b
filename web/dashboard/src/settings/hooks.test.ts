import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EVENTS } from "./hooks.ts";

/** From `web`, where the tests are run. */
const SHAPES = "../crates/server/src/webhook/shape.rs";

/** The names in a constant of the server. */
function named(constant: string): string[] {
  const source = readFileSync(SHAPES, "utf8");
  const from = source.indexOf(`pub const ${constant}:`);
  const list = source.slice(source.indexOf("=", from), source.indexOf("];", from));
  return [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
}

test("webhooks are offered every event that the server tells, and no other", () => {
  expect(EVENTS.aloware).toEqual(named("ALOWARE_EVENTS"));
  expect(EVENTS.hook).toEqual(named("HOOK_EVENTS"));
  expect([...EVENTS.platform].sort()).toEqual(named("EVENTS").sort());
});
