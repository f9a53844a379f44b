// An operator with nothing but the API and a socket: what the team sees while a visitor talks.
import { WebSocket } from "ws";
import { eventually } from "./workspace.mjs";

export class Operator {
  #workspace;
  #socket;
  frames = [];

  static async join(workspace, name) {
    const operator = new Operator();
    operator.#workspace = workspace;
    operator.self = await workspace.operator(name);
    await operator.#listen();
    return operator;
  }

  async #listen() {
    const { base, key } = this.#workspace;
    this.#socket = new WebSocket(`${base.replace(/^http/, "ws")}/v1/realtime`);
    this.#socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      this.frames.push(frame);
      if (frame.type === "ping") this.#send({ type: "pong" });
    });
    await new Promise((done, fail) => {
      this.#socket.once("open", done);
      this.#socket.once("error", fail);
    });
    this.#send({ type: "hello", token: key, operator_id: this.self.id });
    await this.hears("welcome");
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The first frame of a type for which a condition holds, heard already or still to come. */
  hears(type, holds = () => true) {
    return eventually(`the operator hears ${type}`, () =>
      this.frames.find((frame) => frame.type === type && holds(frame)),
    );
  }

  /** A visitor's message with this text, as the socket told it. */
  async hearsMessage(body) {
    const frame = await this.hears("message.created", ({ data }) => messageOf(data).body === body);
    return messageOf(frame.data);
  }

  /** How often the socket told of a message with this text. */
  count(body) {
    return this.frames.filter(
      ({ type, data }) => type === "message.created" && messageOf(data).body === body,
    ).length;
  }

  async takes(conversationId) {
    const path = `/v1/conversations/${conversationId}/assign`;
    await this.#workspace.call("POST", path, { operator_id: this.self.id });
  }

  async says(conversationId, body, more = {}) {
    const path = `/v1/conversations/${conversationId}/messages`;
    const message = { body, operator_id: this.self.id, ...more };
    return (await this.#workspace.call("POST", path, message)).data;
  }

  async reads(conversationId) {
    const path = `/v1/conversations/${conversationId}/read`;
    await this.#workspace.call("POST", path, { operator_id: this.self.id });
  }

  async closes(conversationId) {
    const path = `/v1/conversations/${conversationId}/close`;
    await this.#workspace.call("POST", path, { operator_id: this.self.id });
  }

  types(conversationId) {
    this.#send({ type: "typing", conversation_id: conversationId });
  }

  async leave() {
    this.#socket.terminate();
    await this.#workspace.leave(this.self);
  }
}

function messageOf(data) {
  return data.message ?? data;
}
