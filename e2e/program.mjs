// A program of its own for a test: the one under test, with other settings, on a folder that goes away.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "./workspace.mjs";

const START_MS = 30_000;

/** A port that nobody has just now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A process that answers at `base`, and how to end it. */
export async function serve(command, args, { base, env = {}, ready }) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const isUp = async () => {
    if (child.exitCode !== null)
      throw new Error(`${command} ended at once:\n${said}`);
    return fetch(base + ready).then(
      (answer) => answer.ok,
      () => false,
    );
  };
  await eventually(`${command} answers`, isUp, START_MS).catch(
    async (error) => {
      await stop();
      throw error;
    },
  );
  /** Ends it as a loss of power would. */
  const crash = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { base, stop, crash };
}

/** The program under test with `settings`, which are variables; and a key for it. */
export async function program(settings) {
  const path = process.env.PROGRAM;
  if (!path) throw new Error("PROGRAM must name the program under test");
  const folder = await mkdtemp(join(tmpdir(), "switchboard-e2e-"));
  const base = `http://127.0.0.1:${await freePort()}`;
  const args = ["--listen", base.slice("http://".length), "--data", folder];
  const start = () =>
    serve(path, ["serve", ...args], { base, env: settings, ready: "/readyz" });
  let running = await start();
  /** Runs the program beside itself, on the same data. */
  const command = (...words) =>
    promisify(execFile)(path, [...words, "--data", folder]);
  const { stdout } = await command(
    "key",
    "create",
    "--kind",
    "platform",
    "--level",
    "admin",
  );
  return {
    base,
    command,
    key: stdout.trim(),
    crash: () => running.crash(),
    /** Starts it once more, where and with what it was. */
    async revive() {
      running = await start();
    },
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}
