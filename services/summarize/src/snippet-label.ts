/**
 * METHOD `SumCtx`, the weak label: for each snippet of d_t in order the most similar snippet of the entries that is not taken yet,
 * until the snippets of either are used up. Of equally similar ones the earlier, which ranks higher.
 * @param similarities a row a snippet of d_t, a column a snippet of the entries
 * @returns the columns in the order in which they were taken, each once
 */
export function snippetLabel(similarities: readonly (readonly number[])[]): number[] {
  const taken = new Set<number>()
  for (const row of similarities) {
    let best = -1
    for (let column = 0; column < row.length; column += 1) {
      if (!taken.has(column) && (best === -1 || row[column]! > row[best]!)) best = column
    }
    if (best === -1) break
    taken.add(best)
  }
  return [...taken]
}
