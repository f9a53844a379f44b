const COMMON = [
  "gmail.com",
  "googlemail.com",
  "yahoo.com",
  "hotmail.com",
  "outlook.com",
  "icloud.com",
  "live.com",
  "aol.com",
  "proton.me",
  "example.com",
  "gmx.de",
  "gmx.net",
  "web.de",
  "t-online.de",
  "yahoo.fr",
  "orange.fr",
  "free.fr",
  "libero.it",
  "hotmail.fr",
  "hotmail.es",
  "uol.com.br",
  "ziggo.nl",
  "wp.pl",
  "onet.pl",
];
const DISTANCE_MAX = 2;
/** A short domain one letter off may well be another real one. */
const LENGTH_PER_MISTAKE = 4;

/** What was probably meant by an e-mail address with a slip in its domain. */
export function suggestEmail(email: string): string | undefined {
  const trimmed = email.trim();
  const at = trimmed.lastIndexOf("@");
  const domain = trimmed.slice(at + 1).toLowerCase();
  if (at < 1 || !domain || COMMON.includes(domain)) return undefined;
  let best: { domain: string; distance: number } | undefined;
  for (const candidate of COMMON) {
    const distance = editDistance(domain, candidate);
    const most = Math.min(DISTANCE_MAX, Math.floor(candidate.length / LENGTH_PER_MISTAKE));
    if (distance <= most && distance < (best?.distance ?? Infinity)) {
      best = { domain: candidate, distance };
    }
  }
  return best && `${trimmed.slice(0, at)}@${best.domain}`;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/u;

export type EmailProblem = "no_at" | "no_ending";

/** What is missing from an address, so that the hint can say it. */
export function emailProblem(email: string): EmailProblem | undefined {
  const trimmed = email.trim();
  if (EMAIL.test(trimmed)) return undefined;
  return /^[^\s@]+@[^\s@]+$/u.test(trimmed) ? "no_ending" : "no_at";
}

/** Insertions, deletions, changes and swaps of neighbours that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  const cell = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        cell(i - 1, j) + 1,
        cell(i, j - 1) + 1,
        cell(i - 1, j - 1) + change,
        isSwap ? cell(i - 2, j - 2) + 1 : Infinity,
      );
    }
  }
  return cell(a.length, b.length);
}
