// The workspace under test, by its API: sites, operators, and a room that nobody else is in.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 25;
const PAGE_SIZE = 100;

let made = 0;

/** Waits for a condition; what it gave last tells why it never held. */
export async function eventually(what, look, waitMs = WAIT_MS) {
  const until = Date.now() + waitMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > until) throw new Error(`waited ${waitMs} ms in vain: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}

export class Workspace {
  constructor({ base, key }) {
    this.base = base;
    this.key = key;
  }

  /** One request with the key; anything but success is an error that says what was asked. */
  async call(method, path, body) {
    const response = await this.ask(method, path, body);
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  ask(method, path, body) {
    return fetch(this.base + path, {
      method,
      headers: { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Other tests have left operators and settings behind: from here on they keep out of the way. */
  async clear() {
    await this.call("PATCH", "/v1/settings", {
      routing: "round_robin",
      hand_back: "when_offline",
      auto_close_minutes: null,
      reopen_days: 7,
    });
    const { data } = await this.call("GET", `/v1/operators?limit=${PAGE_SIZE}`);
    for (const { id, agent_status } of data) {
      if (agent_status === "available") {
        await this.call("PATCH", `/v1/operators/${id}`, { agent_status: "offline" });
      }
    }
  }

  async site(settings = {}) {
    return (await this.call("POST", "/v1/sites", { name: "Pennyroot", ...settings })).data;
  }

  async operator(name = "Maya Lindqvist") {
    made += 1;
    const email = `operator-${process.pid}-${made}@pennyroot.example`;
    const { data } = await this.call("POST", "/v1/operators", { name, email });
    await this.call("PATCH", `/v1/operators/${data.id}`, {
      agent_status: "available",
      max_concurrent: 100,
    });
    return data;
  }

  async leave(operator) {
    await this.call("PATCH", `/v1/operators/${operator.id}`, { agent_status: "offline" });
  }

  async messages(conversationId) {
    const path = `/v1/conversations/${conversationId}/messages?limit=${PAGE_SIZE}`;
    const { data } = await this.call("GET", path);
    return data.sort((a, b) => a.number - b.number);
  }

  async transcript(conversationId) {
    const path = `/v1/conversations/${conversationId}/transcript?format=html`;
    const response = await this.ask("GET", path);
    assert.equal(response.status, 200);
    return response;
  }

  async upload(name, type, body) {
    const path = `/v1/attachments?name=${encodeURIComponent(name)}`;
    const response = await fetch(this.base + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.key}`, "Content-Type": type },
      body,
    });
    const text = await response.text();
    assert.equal(response.status, 201, text);
    return JSON.parse(text).data;
  }
}
