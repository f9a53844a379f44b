// Keeps the shell of the desk, so that it opens without a network. What the server knows is never
// kept here: only the page itself, and its scripts and styles, whose names change with what is in them.
const CACHE = "desk";
const SHELL = "/app/";
const ASSETS = "/app/assets/";
/** Scripts and styles of past builds go, the oldest first. */
const KEPT_MAX = 300;

self.addEventListener("install", (event) => event.waitUntil(take()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith(ASSETS)) event.respondWith(asset(request));
});

/** The page as it is now, and what it names. */
async function take() {
  const cache = await caches.open(CACHE);
  const answer = await fetch(SHELL);
  if (!answer.ok) throw new Error(`the desk answered ${answer.status}`);
  const names = (await answer.clone().text()).match(/\/app\/assets\/[\w.-]+/g) ?? [];
  await cache.put(SHELL, answer);
  await cache.addAll([...new Set(names)]);
  await self.skipWaiting();
}

/** The newest page, or the one that is kept where there is no network. */
async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.headers.get("content-type")?.startsWith("text/html")) {
      const cache = await caches.open(CACHE);
      await cache.put(SHELL, answer.clone());
    }
    return answer;
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  }
}

/** What a name stands for never changes. */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, answer.clone());
    const known = await cache.keys();
    for (const old of known.slice(0, Math.max(0, known.length - KEPT_MAX)))
      if (new URL(old.url).pathname !== SHELL) await cache.delete(old);
  }
  return answer;
}
