// Draws the pictures of the desk under docs/images, from the program's own examples:
// PROGRAM=… node desk-shots.mjs
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { freePort } from "./program.mjs";
import { eventually } from "./workspace.mjs";

const IMAGES = new URL("../docs/images/", import.meta.url).pathname;
const START_MS = 60_000;
const SIZE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** From right to left is drawn in Arabic. */
const LOOKS = ["light", "dark", "rtl"];
const OWNER = {
  name: "Rosa Keller",
  email: "rosa@demo.example",
  password: "kiln glaze tongs ash",
};

const folder = await mkdtemp(join(tmpdir(), "switchboard-shots-"));
const port = await freePort();
const base = `http://localhost:${port}`;
const args = [
  "serve",
  "--demo",
  "--listen",
  `127.0.0.1:${port}`,
  "--data",
  folder,
];
const child = spawn(process.env.PROGRAM, args, {
  stdio: ["ignore", "pipe", "pipe"],
});
let said = "";
for (const stream of [child.stdout, child.stderr])
  stream.on("data", (text) => (said += text));
const link = () => /\/claim#(\S+)/.exec(said)?.[1];
const token = await eventually("the program prints a link", link, START_MS);
await eventually("the program answers", () =>
  fetch(`${base}/readyz`).catch(() => false),
);

const browser = await launch();
const claimed = await browser.newContext();
await claimed.request.post(`${base}/v1/claim`, { data: { token, ...OWNER } });
// What a new owner is asked first is another picture.
await claimed.request.patch(`${base}/v1/first-run`, {
  headers: { Origin: base },
  data: { is_ended: true, is_hidden: true },
});
const storageState = await claimed.storageState();

async function shoot(name, path, { ready, open, looks = LOOKS, ...options }) {
  for (const look of looks) {
    const context = await browser.newContext({
      storageState,
      viewport: SIZE,
      colorScheme: look === "dark" ? "dark" : "light",
      locale: look === "rtl" ? "ar" : "en-GB",
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    await page.goto(base + path);
    await page.locator(".app").waitFor();
    if (open) await page.locator(open).first().click();
    await page.locator(ready).first().waitFor();
    await page.waitForLoadState("networkidle");
    await page.screenshot({ path: `${IMAGES}${name}-${look}.png` });
    await context.close();
  }
}

const talk = ".row:has-text('It is on its way')";
await shoot("desk", "/app/all", {
  open: talk,
  ready: ".bub",
});
await shoot("desk-phone", "/app/all", {
  open: talk,
  ready: ".bub",
  viewport: PHONE,
  looks: ["light", "rtl"],
});
await shoot("contacts", "/app/contacts", {
  open: "tbody tr:nth-child(4) a",
  ready: ".drawer h2",
});
await shoot("visitors", "/app/visitors", { ready: "tbody tr" });
await shoot("reports", "/app/reports", { ready: ".u-over" });
await shoot("settings", "/app/settings/developers/webhooks/logs", {
  open: "tbody a",
  ready: ".drawer h2",
});

await browser.close();
child.kill("SIGTERM");
await new Promise((resolve) => child.on("exit", resolve));
await rm(folder, { recursive: true });
