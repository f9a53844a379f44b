// The worker that lets the desk open without a network.

const ADDRESS = "/app/worker.js";

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}
interface Policy {
  createScriptURL(url: string): string;
}

/** Registers it where the browser lets it: that is a matter of comfort, and never worth a word. */
export async function register(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { trustedTypes } = window as { trustedTypes?: Policies };
  // The page's policy lets this one address through, and no other.
  const policy = trustedTypes?.createPolicy("desk-worker", { createScriptURL: () => ADDRESS });
  try {
    await navigator.serviceWorker.register(policy?.createScriptURL(ADDRESS) ?? ADDRESS);
  } catch {
    // The desk works without it, as long as there is a network.
  }
}
