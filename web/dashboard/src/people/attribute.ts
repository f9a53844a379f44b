// Values of attributes, as somebody types them.

/** As JSON where it is some, so that a number stays a number; otherwise the text itself. */
export function parsed(text: string): unknown {
  const plain = text.trim();
  if (plain === "null") return plain; // `null` would take the attribute away
  try {
    return JSON.parse(plain) as unknown;
  } catch {
    return plain;
  }
}

/** What `parsed` reads as the same value. */
export function spelled(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  return parsed(value) === value ? value : JSON.stringify(value);
}
