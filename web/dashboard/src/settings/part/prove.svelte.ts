// What lets people in is changed only by somebody who proved a moment ago who they are. Whoever has
// to do so again is asked, and what they wanted is done then.
import { Problem } from "../../api/client.ts";

const NEEDED = "proof_needed";

class Proving {
  /** Told whether it was proved, while the question is open. */
  answer = $state.raw<(isProved: boolean) => void>();

  ask(): Promise<boolean> {
    return new Promise((resolve) => {
      this.answer = (isProved) => {
        this.answer = undefined;
        resolve(isProved);
      };
    });
  }
}

export const proving = new Proving();

/** Does it, and asks for a password first if the server wants one. `false` when none was given. */
export async function proved<T>(task: () => Promise<T>): Promise<T | false> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== NEEDED) throw error;
    return (await proving.ask()) ? task() : false;
  }
}
