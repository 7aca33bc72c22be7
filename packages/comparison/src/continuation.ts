/** What stands after the given start; a text that does not begin with it counts whole, as in the metrics. */
export function continuation(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text
}
