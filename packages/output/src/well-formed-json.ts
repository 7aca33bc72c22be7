/**
 * JSON on one line in which every string is well-formed Unicode: half a surrogate pair becomes U+FFFD, which is as long, so that
 * offsets stay true. DuckDB and Arrow refuse a file with a single `\ud800` in it. NUL stays, as `\u0000`.
 */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\ud')) return json
  return json.replace(/\\(u[0-9a-f]{4}|.)/g, (whole, what: string) => (what.startsWith('ud') ? '\ufffd' : whole))
}
