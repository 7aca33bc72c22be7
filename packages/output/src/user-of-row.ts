/** As every row begins; a long one need not be read to its end. */
const headOfRow = /^\{"id":"(?:[^"\\]|\\.)*","userId":("(?:[^"\\]|\\.)*")/

/** The bytes of a row that nearly always hold its ids. */
export const headBytes = 2048

/** The user of a row of which the beginning is there; null where that does not reach far enough. */
export function userInHead(head: Buffer): string | null {
  const found = headOfRow.exec(head.toString('utf8', 0, headBytes))
  return found === null ? null : (JSON.parse(found[1]!) as string)
}

export function userOfRow(line: Buffer): string {
  return userInHead(line) ?? (JSON.parse(line.toString()) as { userId: string }).userId
}

/** The order of the rows: DuckDB sorts the input by the bytes of UTF-8, which is not the order of JavaScript's strings. */
export function compareUsers(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
