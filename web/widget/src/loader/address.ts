/** An address as it may be told: without its hash, and of its query only what the site keeps. */
export function cleanUrl(href: string, keepParams: readonly string[]): string {
  if (!href) return href;
  const url = new URL(href);
  const kept = [...url.searchParams].filter(([name]) => keepParams.includes(name));
  url.search = `${new URLSearchParams(kept)}`;
  url.hash = "";
  return url.href;
}
