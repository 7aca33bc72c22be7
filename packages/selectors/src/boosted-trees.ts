import { setImmediate } from 'node:timers/promises'

import { columnBins, type Sample } from './column-bins.ts'
import { type BoostedTrees, logistic, type Tree } from './tree-ensemble.ts'

/** Squared penalty of a leaf's value; and the least sum of p(1 - p) in a leaf, so that it speaks for some tens of candidates. */
const ridge = 5
const minHessian = 5

/** What a split gains below it is rounding. */
const minGain = 1e-9

/** Digits of the numbers that are kept: those of the float32 in which features are compared. */
const digits = 7

export type BoostingOptions = { rounds: number; depth: number; rate: number; signal?: AbortSignal | undefined }

/**
 * Gradient boosting of the logistic loss by Newton steps (Friedman 2001; Chen and Guestrin 2016), every split the best over all
 * columns and bins. The same sample gives the same trees, bit by bit. Two million rows of 13 columns take
 * 4 s, and 0.2 s a tree of depth 1, 0.45 s one of depth 4.
 * @throws the signal's reason once it is aborted
 */
export async function fitBoostedTrees(sample: Sample, options: BoostingOptions): Promise<BoostedTrees> {
  const { rows, labels } = sample
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const bias = rounded(Math.log((positives + 1) / (rows - positives + 1)))
  const scores = new Float64Array(rows).fill(bias)
  const grower = treeGrower(sample, scores, options)
  const trees: Tree[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    await setImmediate()
    options.signal?.throwIfAborted()
    trees.push(grower())
  }
  return { bias, trees }
}

/** Gives one tree after the other; each adds its values to `scores`, the log-odds so far. */
function treeGrower({ rows, columns, labels, ...sample }: Sample, scores: Float64Array, options: BoostingOptions) {
  const { bins, edges, width } = columnBins({ rows, columns, labels, ...sample })
  const gradients = new Float64Array(rows)
  const hessians = new Float64Array(rows)
  /** Rows, so that those of a node stand together. */
  const order = new Int32Array(rows)
  const scratch = new Int32Array(rows)

  /** Gradient and Hessian of the rows in each bin of each column. */
  const histogramOf = (from: number, to: number): Float64Array => {
    const histogram = new Float64Array(2 * columns * width)
    for (let place = from; place < to; place += 1) {
      const row = order[place]!
      const gradient = gradients[row]!
      const hessian = hessians[row]!
      for (let column = 0, at = row * columns; column < columns; column += 1, at += 1) {
        const cell = 2 * (column * width + bins[at]!)
        histogram[cell]! += gradient
        histogram[cell + 1]! += hessian
      }
    }
    return histogram
  }

  /** Rows in bins up to the split's to the front, both parts in their order. @returns where the second begins */
  const divide = ([from, to]: readonly [number, number], { column, bin }: Split): number => {
    let left = from
    let right = 0
    for (let place = from; place < to; place += 1) {
      const row = order[place]!
      if (bins[row * columns + column]! <= bin) {
        order[left] = row
        left += 1
      } else {
        scratch[right] = row
        right += 1
      }
    }
    order.set(scratch.subarray(0, right), left)
    return left
  }

  const grow = (tree: Tree, node: number, [from, to]: readonly [number, number], histogram: Float64Array): void => {
    const isDeepest = 2 * node + 1 >= tree.features.length
    const split = isDeepest ? null : bestSplit(histogram, edges, width)
    if (split === null) {
      const [gradient, hessian] = sums(histogram, width)
      const value = rounded((-options.rate * gradient) / (hessian + ridge))
      tree.numbers[node] = value
      for (let place = from; place < to; place += 1) scores[order[place]!]! += value
      return
    }
    tree.features[node] = split.column
    tree.numbers[node] = edges[split.column]![split.bin]!
    const middle = divide([from, to], split)
    // Only the smaller part is counted; the larger is what remains.
    const leftIsSmaller = middle - from < to - middle
    const smaller = leftIsSmaller ? histogramOf(from, middle) : histogramOf(middle, to)
    for (let cell = 0; cell < histogram.length; cell += 1) histogram[cell]! -= smaller[cell]!
    grow(tree, 2 * node + 1, [from, middle], leftIsSmaller ? smaller : histogram)
    grow(tree, 2 * node + 2, [middle, to], leftIsSmaller ? histogram : smaller)
  }

  return (): Tree => {
    for (let row = 0; row < rows; row += 1) {
      const probability = logistic(scores[row]!)
      gradients[row] = probability - labels[row]!
      hessians[row] = probability * (1 - probability)
      order[row] = row
    }
    const nodes = 2 ** (options.depth + 1) - 1
    const tree: Tree = { features: new Array(nodes).fill(-1), numbers: new Array(nodes).fill(0) }
    grow(tree, 0, [0, rows], histogramOf(0, rows))
    return tree
  }
}

type Split = { column: number; bin: number }

/** The first of the best splits; null where none gains anything. */
function bestSplit(histogram: Float64Array, edges: readonly number[][], width: number): Split | null {
  const [gradient, hessian] = sums(histogram, width)
  const whole = gradient ** 2 / (hessian + ridge)
  let best: Split | null = null
  let bestGain = minGain
  for (const [column, { length }] of edges.entries()) {
    let leftGradient = 0
    let leftHessian = 0
    for (let bin = 0; bin < length; bin += 1) {
      const cell = 2 * (column * width + bin)
      leftGradient += histogram[cell]!
      leftHessian += histogram[cell + 1]!
      const rightHessian = hessian - leftHessian
      if (leftHessian < minHessian || rightHessian < minHessian) continue
      const left = leftGradient ** 2 / (leftHessian + ridge)
      const right = (gradient - leftGradient) ** 2 / (rightHessian + ridge)
      if (left + right - whole <= bestGain) continue
      bestGain = left + right - whole
      best = { column, bin }
    }
  }
  return best
}

/** Of the first column, which every row has. */
function sums(histogram: Float64Array, width: number): [gradient: number, hessian: number] {
  let gradient = 0
  let hessian = 0
  for (let bin = 0; bin < width; bin += 1) {
    gradient += histogram[2 * bin]!
    hessian += histogram[2 * bin + 1]!
  }
  return [gradient, hessian]
}

function rounded(value: number): number {
  return Number(value.toPrecision(digits))
}
