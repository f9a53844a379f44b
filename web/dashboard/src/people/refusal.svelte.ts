import { Problem } from "../api/client.ts";

/** What the server said of a field, for it to stand beside the field. */
export class Refusal {
  text = $state<string>();

  /** Does it; what it throws is noted, and goes on to whoever asked. */
  async note<T>(task: () => Promise<T>): Promise<T> {
    this.text = undefined;
    try {
      return await task();
    } catch (error) {
      if (error instanceof Problem && error.param) this.text = error.message;
      throw error;
    }
  }
}
