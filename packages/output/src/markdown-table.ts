/** The first row is the head. */
export function markdownTable(rows: readonly (readonly (string | number)[])[]): string {
  const [head = [], ...body] = rows
  const rule = head.map(() => '---')
  return [head, rule, ...body].map((cells) => `| ${cells.map(inCell).join(' | ')} |`).join('\n')
}

function inCell(cell: string | number): string {
  return String(cell).replaceAll(/[|\n]/g, (special) => (special === '|' ? '\\|' : ' '))
}
