export type Figure = { figure: string; value: number; unit?: string }

/** Prints a benchmark's figures as a table, or as one JSON object where `--json` is given. */
export function report(title: string, figures: Figure[]): void {
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ title, figures })}\n`)
    return
  }
  const width = Math.max(...figures.map(({ figure }) => figure.length))
  process.stdout.write(`${title}\n`)
  for (const { figure, value, unit } of figures) {
    const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2
    process.stdout.write(`  ${figure.padEnd(width)}  ${value.toFixed(digits)}${unit === undefined ? '' : ` ${unit}`}\n`)
  }
}
