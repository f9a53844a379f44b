// JSON the way people write it: what is short stays on one line.

const LINE_CHARS_MAX = 50;

export function formatJson(value: unknown, indent = 2, margin = ""): string {
  if (typeof value !== "object" || value === null) {
    return (JSON.stringify(value) as string | undefined) ?? "null";
  }
  const inner = margin + " ".repeat(indent);
  const parts = Array.isArray(value)
    ? value.map((one: unknown) => formatJson(one, indent, inner))
    : Object.entries(value).map(
        ([name, one]) => `${JSON.stringify(name)}: ${formatJson(one, indent, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0) return open + close;
  const short = parts.join(", ");
  const isShort = short.length <= LINE_CHARS_MAX && !short.includes("\n");
  // The outermost braces keep lines of their own, so a body always looks like a body.
  if (isShort && margin !== "") {
    return Array.isArray(value) ? `[${short}]` : `{ ${short} }`;
  }
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${margin}${close}`;
}
