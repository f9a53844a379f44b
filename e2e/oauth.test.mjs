// OAuth as clients know it that others wrote: oauth4webapi and Authlib.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import * as oauth from "oauth4webapi";
import { program } from "./program.mjs";

const BACK = "https://app.example.com/callback";
const PASSWORD = "a stone in my shoe";
/** The server under test speaks in the clear. */
const options = { [oauth.allowInsecureRequests]: true };

let server;
let cookies;

before(async () => {
  server = await program({});
  const name = ["--email", "ada@example.com", "--name", "Ada"];
  const { stderr } = await server.command("admin", "create", ...name);
  const token = /#(\w+)/.exec(stderr)[1];
  const answer = await post("/v1/invitations/redeem", { token, password: PASSWORD });
  assert.equal(answer.status, 200);
  cookies = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
});

after(() => server?.stop());

function post(path, body, headers = {}) {
  return fetch(server.base + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

async function register(app) {
  const answer = await post("/v1/apps", app, { authorization: `Bearer ${server.key}` });
  assert.equal(answer.status, 201);
  return (await answer.json()).data;
}

/** What Ada's browser does with the address that an app sends it to: where it ends. */
async function consent(url) {
  const cookie = cookies.join("; ");
  const page = await fetch(url, { headers: { cookie }, redirect: "manual" });
  assert.equal(page.status, 200, await page.clone().text());
  const text = await page.text();
  const fields = new URLSearchParams();
  for (const [, name, value] of text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)) {
    fields.append(name, value.replaceAll("&amp;", "&"));
  }
  fields.append("workspace", /<option value="(\w+)"/.exec(text)[1]);
  fields.append("decision", "allow");
  const said = await fetch(`${server.base}/oauth/authorize`, {
    method: "POST",
    headers: { cookie, origin: server.base },
    body: fields,
    redirect: "manual",
  });
  assert.equal(said.status, 303, await said.clone().text());
  return new URL(said.headers.get("location"));
}

async function contacts(token) {
  const answer = await fetch(`${server.base}/v1/contacts`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return answer.status;
}

for (const is_confidential of [true, false]) {
  const kind = is_confidential ? "with a secret" : "without a secret";
  test(`oauth4webapi gets, refreshes, inspects and revokes tokens, ${kind}`, async () => {
    const made = await register({ name: "Sums", redirect_uris: [BACK], is_confidential });
    const issuer = new URL(server.base);
    const found = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...options });
    const as = await oauth.processDiscoveryResponse(issuer, found);
    const client = { client_id: made.id };
    const shows = is_confidential
      ? oauth.ClientSecretBasic(made.client_secret)
      : oauth.None();
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint);
    for (const [name, value] of Object.entries({
      client_id: client.client_id,
      redirect_uri: BACK,
      response_type: "code",
      scope: "contacts:read operators:read",
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    })) {
      url.searchParams.set(name, value);
    }
    const back = await consent(url);
    const params = oauth.validateAuthResponse(as, client, back, state);
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      shows,
      params,
      BACK,
      verifier,
      options,
    );
    const first = await oauth.processAuthorizationCodeResponse(as, client, answer);
    assert.equal(first.scope, "contacts:read operators:read");
    assert.equal(await contacts(first.access_token), 200);
    const fresh = await oauth.refreshTokenGrantRequest(
      as,
      client,
      shows,
      first.refresh_token,
      options,
    );
    const second = await oauth.processRefreshTokenResponse(as, client, fresh);
    assert.notEqual(second.refresh_token, first.refresh_token);
    const inspect = async (token) => {
      const told = await oauth.introspectionRequest(as, client, shows, token, options);
      return oauth.processIntrospectionResponse(as, client, told);
    };
    assert.equal((await inspect(second.access_token)).active, true);
    const gone = await oauth.revocationRequest(as, client, shows, second.refresh_token, options);
    await oauth.processRevocationResponse(gone);
    assert.equal((await inspect(second.access_token)).active, false);
    assert.equal(await contacts(second.access_token), 401);
  });
}

for (const method of ["client_secret_basic", "client_secret_post"]) {
  test(`Authlib gets, refreshes and revokes tokens with ${method}`, async (t) => {
    const python = process.env.AUTHLIB_PYTHON;
    if (!python) return t.skip("AUTHLIB_PYTHON names no Python that has Authlib");
    const made = await register({ name: "Totals", redirect_uris: [BACK] });
    const script = new URL("oauth_client.py", import.meta.url).pathname;
    const env = { ...process.env, AUTHLIB_INSECURE_TRANSPORT: "1" };
    const child = spawn(python, [script], { env, stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const tell = (what) => child.stdin.write(`${JSON.stringify(what)}\n`);
    const hear = async () => JSON.parse((await lines.next()).value);
    const { id: client_id, client_secret } = made;
    tell({ base: server.base, redirect_uri: BACK, client_id, client_secret, method });
    const back = await consent((await hear()).url);
    tell({ back: back.href });
    const { access_token, ...told } = await hear();
    assert.deepEqual(told, {
      scope: "contacts:read",
      seen: 200,
      again: 200,
      rotated: true,
      revoked: 200,
    });
    assert.equal(await contacts(access_token), 401);
  });
}
