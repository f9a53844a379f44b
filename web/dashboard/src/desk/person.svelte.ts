// The contact of the conversation that is open.
import { api, type Contact } from "../api/client.ts";

class Person {
  contact = $state<Contact>();
  problem = $state<unknown>();
  #id: string | undefined;

  async show(id: string | undefined): Promise<void> {
    if (id === this.#id) return;
    this.#id = id;
    this.contact = undefined;
    this.problem = undefined;
    if (id) await this.load(id);
  }

  async load(id: string): Promise<void> {
    try {
      const { data } = await api("get", "/v1/contacts/{id}", { id });
      if (this.#id === id) this.contact = data;
    } catch (error) {
      if (this.#id === id) this.problem = error;
    }
  }
}

export const person = new Person();
