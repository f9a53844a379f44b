// Tables as CSV: RFC 4180, for programs that take a cell for a formula when it looks like one.

/**
 * What a formula begins with, in one spreadsheet program or another: some pass over blanks and signs
 * without width first, and some take the wide signs of East Asian text for the narrow ones.
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠])/u;
const QUOTED = /[",\r\n]/;
const BREAK = "\r\n";
/** Without it, spreadsheet programs read UTF-8 as something older. */
const BYTE_ORDER_MARK = "\ufeff";

/** One cell: never a formula, and never more than one cell. */
export function cell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Lines, each of them ended. */
export function lines(rows: string[][]): string {
  return rows.map((row) => row.map(cell).join(",") + BREAK).join("");
}

/** A whole file. */
export function file(head: string[], rows: string[][]): Blob {
  return new Blob([BYTE_ORDER_MARK, lines([head, ...rows])], { type: "text/csv;charset=utf-8" });
}
