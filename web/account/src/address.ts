// What the address bar says, and where to go from here.

/** Where one works. */
export const HOME = "/app";
export const ACCOUNT = "/account";
export const LOGIN = "/login";

/** Takes the token behind the # and clears it away, so that no history or shared screen keeps it. */
export function takeToken(): string {
  const token = location.hash.slice(1);
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

/** Where to go after signing in. Whoever wrote the link must not be able to lead away from here. */
export function nextPath(search: string, origin = location.origin): string {
  const next = new URLSearchParams(search).get("next") ?? "";
  if (!isPath(next) || !URL.canParse(next, origin)) return HOME;
  const url = new URL(next, origin);
  const path = url.pathname + url.search + url.hash;
  // Parsing drops tabs and dots: "/.//host" only now begins with two slashes.
  return url.origin === origin && isPath(path) ? path : HOME;
}

function isPath(text: string): boolean {
  return /^\/(?![/\\])/.test(text);
}

export function loginPath(next: string): string {
  return `${LOGIN}?next=${encodeURIComponent(next)}`;
}

/** Leaves this page. It never comes back, so the button that led here stays busy. */
export function go(path: string): Promise<never> {
  location.assign(path);
  return new Promise(() => undefined);
}
