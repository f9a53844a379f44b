/** An address as it may be told: without its hash, and of its query only campaigns and what the site keeps. */
export function cleanUrl(href: string, keepParams: readonly string[]): string {
  if (!href) return href;
  const url = new URL(href);
  const kept = [...url.searchParams].filter(
    ([name]) => /^utm_/.test(name) || keepParams.includes(name),
  );
  url.search = new URLSearchParams(kept) as unknown as string;
  url.hash = "";
  return url.href;
}
