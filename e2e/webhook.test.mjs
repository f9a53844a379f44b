// Webhooks as a receiver sees them: checked with the documented verifier, and with a client of Standard
// Webhooks that others wrote.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { program } from "./program.mjs";
import { eventually, Workspace } from "./workspace.mjs";

let folder;
let server;
let workspace;
let receivers = [];

/** Two keys, made as an authority and a server of it would. */
function certificates() {
  const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA");
  openssl("req", ...key, "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=receiver");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "own.ext"];
  openssl("x509", "-req", "-in", "own.csr", "-out", "own.pem", ...signed);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchboard-hooks-"));
  await writeFile(join(folder, "own.ext"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n");
  certificates();
  server = await program({
    SWITCHBOARD_OUTBOUND_ALLOW: "127.0.0.0/8",
    SWITCHBOARD_OUTBOUND_CA_FILE: join(folder, "ca.pem"),
    SWITCHBOARD_WEBHOOKS_HURRY: "20",
  });
  workspace = new Workspace(server);
});

after(async () => {
  for (const receiver of receivers) receiver.close();
  await server?.stop();
  await rm(folder, { recursive: true });
});

/** Listens, keeps what comes, and answers with what `status` says of it. */
async function receiver(status = () => 200, { tls } = {}) {
  const came = [];
  const hear = (request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      came.push({ headers: request.headers, body });
      response.writeHead(status(came.length)).end("heard");
    });
  };
  const files = () => ({
    key: readFileSync(join(folder, "own.key")),
    cert: readFileSync(join(folder, "own.pem")),
  });
  const listener = tls ? https.createServer(files(), hear) : http.createServer(hear);
  await new Promise((done) => listener.listen(0, "0.0.0.0", done));
  receivers.push(listener);
  return { came, url: `${tls ? "https" : "http"}://127.0.0.1:${listener.address().port}/hook` };
}

async function hook(url, more = {}) {
  const body = { url, events: ["contact.created"], ...more };
  return (await workspace.call("POST", "/v1/webhooks", body)).data;
}

let made = 0;
function contact() {
  return workspace.call("POST", "/v1/contacts", { email: `c${++made}@example.com`, name: "Zoë" });
}

/** The verifier of the documents. */
function isDocumented(rawBody, signature, secret) {
  const expected = createHmac("sha256", secret).update(rawBody).digest("hex");
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}

test("both families of signatures hold, and those of the secret before", async () => {
  const { came, url } = await receiver();
  const webhook = await hook(url);
  const { data } = await contact();
  await eventually("it came", () => came.length === 1);
  const [{ headers, body }] = came;
  assert.ok(isDocumented(body, headers["x-orbinto-signature"], webhook.secret));
  const said = new Webhook(webhook.secret).verify(body.toString(), headers);
  assert.deepEqual(Object.keys(said), ["event", "timestamp", "data"]);
  assert.equal(said.event, "contact.created");
  assert.equal(said.data.id, data.id);
  assert.match(headers["x-orbinto-delivery"], /^dlv_/);

  const path = `/v1/webhooks/${webhook.id}`;
  const { secret } = (await workspace.call("POST", `${path}/rotate-secret`)).data;
  assert.notEqual(secret, webhook.secret);
  await contact();
  await eventually("the next one came", () => came.length === 2);
  const next = came[1];
  assert.ok(isDocumented(next.body, next.headers["x-orbinto-signature"], secret));
  for (const known of [secret, webhook.secret]) {
    assert.ok(new Webhook(known).verify(next.body.toString(), next.headers));
  }
  const other = new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  assert.throws(() => other.verify(next.body.toString(), next.headers));
});

test("what fails is tried again: the same bytes, the same ids, and a new time", async () => {
  const { came, url } = await receiver((count) => (count < 3 ? 500 : 204));
  const { id, secret } = await hook(url);
  await contact();
  await eventually("it came three times", () => came.length === 3);
  for (const one of came) {
    assert.deepEqual(one.body, came[0].body);
    for (const name of ["x-orbinto-delivery", "webhook-id", "x-orbinto-signature"]) {
      assert.equal(one.headers[name], came[0].headers[name]);
    }
    assert.ok(new Webhook(secret).verify(one.body.toString(), one.headers));
  }
  const [delivery] = await eventually("it is written down", async () => {
    const { data } = await workspace.call("GET", `/v1/webhooks/${id}/deliveries`);
    return data[0].status === "delivered" && data;
  });
  assert.deepEqual(
    delivery.attempts.map((attempt) => attempt.response_status),
    [500, 500, 204],
  );
  assert.equal(delivery.attempts[0].response_body, "heard");
});

test("a test says of itself that it is one", async () => {
  const { came, url } = await receiver();
  const { id } = await hook(url);
  await workspace.call("POST", `/v1/webhooks/${id}/test`, { event: "message.created" });
  await eventually("it came", () => came.length === 1);
  const said = JSON.parse(came[0].body);
  assert.equal(said.data.test, true);
  assert.equal(came[0].headers["x-orbinto-test"], "true");
});

test("over TLS, a receiver of a known authority is told, and others are not", async () => {
  const { came, url } = await receiver(undefined, { tls: true });
  await hook(url);
  const elsewhere = await hook(url.replace("127.0.0.1", "127.0.0.2"));
  await contact();
  await eventually("it came", () => came.length === 1);
  const told = await eventually("the other one failed", async () => {
    const { data } = await workspace.call("GET", `/v1/webhooks/${elsewhere.id}/deliveries`);
    return data[0]?.attempts[0]?.error;
  });
  assert.match(told, /certificate is not trusted/);
});

test("an Aloware-shaped one shows its credential, and automations get the bare object", async () => {
  const { came, url } = await receiver();
  const auth = { type: "basic", username: "me", password: "pw" };
  await hook(url, { shape: "aloware", events: ["ContactCreated"], auth });
  await contact();
  await eventually("it came", () => came.length === 1);
  assert.equal(came[0].headers.authorization, `Basic ${btoa("me:pw")}`);
  const { event, body } = JSON.parse(came[0].body);
  assert.equal(event, "ContactCreated");
  assert.equal(body.first_name, "Zoë");
  assert.match(body.created_at, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
});
