// Attachments in a bucket: the program against a server that speaks S3.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freePort, program, serve } from "./program.mjs";
import { eventually, Workspace } from "./workspace.mjs";

const BUCKET = "files";
const NOTE = "The glaze holds no lead.";

let bucket;
let server;
let workspace;

before(async () => {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  bucket = await serve(process.env.S3_SERVER, ["-p", String(port)], { base, ready: "/" });
  server = await program({
    SWITCHBOARD_ATTACHMENTS_BUCKET: BUCKET,
    SWITCHBOARD_ATTACHMENTS_ENDPOINT: base,
    SWITCHBOARD_ATTACHMENTS_ACCESS_KEY_ID: "test",
    SWITCHBOARD_ATTACHMENTS_SECRET_ACCESS_KEY: "test",
  });
  workspace = new Workspace(server);
});

after(async () => {
  await server?.stop();
  await bucket?.stop();
});

/** What the bucket holds, as it says itself. */
async function objects() {
  const answer = await fetch(`${bucket.base}/${BUCKET}`);
  return [...(await answer.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
}

async function upload(token, site) {
  const answer = await fetch(`${server.base}/widget/v1/attachments?site=${site}&name=note.txt`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "text/plain" },
    body: NOTE,
  });
  return { status: answer.status, body: await answer.json() };
}

test("a file lives in the bucket as long as its visitor is known", async () => {
  const { key: site } = await workspace.site();
  const guest = async (path, body = {}, token) => {
    const answer = await fetch(`${server.base}/widget/v1/${path}?site=${site}`, {
      method: "POST",
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path} answered ${answer.status}`);
    const text = await answer.text();
    return text ? JSON.parse(text).data : undefined;
  };
  const { token } = await guest("init");

  const lost = await upload(token, site);
  assert.equal(lost.status, 503, "there is no bucket yet");
  assert.match(lost.body.error.message, /try again/i);

  await fetch(`${bucket.base}/${BUCKET}`, { method: "PUT" });
  const kept = await upload(token, site);
  assert.equal(kept.status, 201);
  const { id, url } = kept.body.data;
  assert.equal((await objects()).length, 1);

  await guest("messages", { client_id: "1", body: "", attachments: [id] }, token);
  const read = await fetch(server.base + url);
  assert.equal(await read.text(), NOTE);

  await guest("forget", {}, token);
  await eventually("the bucket is empty", async () => (await objects()).length === 0);
  assert.equal((await fetch(server.base + url)).status, 404);
});
