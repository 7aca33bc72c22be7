/** Labelled candidates: `values` row-major, a row a candidate; labels 0 or 1. */
export type Sample = { rows: number; columns: number; values: Float32Array; labels: Uint8Array }

export type ColumnBins = {
  /** Row-major: how many edges of its column a value reaches. */
  bins: Uint8Array
  /** Ascending, a list a column. */
  edges: number[][]
  /** Most bins of a column. */
  width: number
}

const maxBins = 64

/** Digits of an edge. Edges lie between two values, so that rounding parts the same rows. */
const digits = 6

/** Cuts every column into at most 64 bins of about as many rows each, or one a value where there are no more values. */
export function columnBins({ rows, columns, values }: Sample): ColumnBins {
  const bins = new Uint8Array(rows * columns)
  const edges: number[][] = []
  const sorted = new Float32Array(rows)
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < rows; row += 1) sorted[row] = values[row * columns + column]!
    sorted.sort()
    const own = edgesOf(sorted)
    edges.push(own)
    for (let at = column; at < bins.length; at += columns) bins[at] = countUpTo(own, values[at]!)
  }
  return { bins, edges, width: maxBins }
}

function edgesOf(sorted: Float32Array): number[] {
  const starts: number[] = []
  for (let place = 1; place < sorted.length; place += 1) if (sorted[place] !== sorted[place - 1]) starts.push(place)
  const chosen = starts.length < maxBins ? starts : quantileStarts(starts, sorted.length)
  const edges: number[] = []
  for (const place of chosen) {
    const edge = Number(((sorted[place - 1]! + sorted[place]!) / 2).toPrecision(digits))
    if (edge > (edges.at(-1) ?? -Infinity)) edges.push(edge)
  }
  return edges
}

/** Of the places at which a new value begins, those nearest after each 64th of the rows. */
function quantileStarts(starts: readonly number[], rows: number): number[] {
  const chosen: number[] = []
  let next = 1
  for (const place of starts) {
    if (place < (next * rows) / maxBins) continue
    chosen.push(place)
    next = Math.floor((place * maxBins) / rows) + 1
  }
  return chosen
}

/** How many of the ascending edges are at most `value`. */
function countUpTo(edges: readonly number[], value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value >= edges[middle]!) low = middle + 1
    else high = middle
  }
  return low
}
