/** Runs a task; whatever goes wrong in it stays in it, since a guest never breaks its host. */
export function quietly<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}
