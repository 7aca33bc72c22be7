import { z } from 'zod'

/**
 * A tree as a heap: the children of node n are 2n + 1 and 2n + 2. Where `features[n]` is -1 the node is a leaf and `numbers[n]`
 * its value in log-odds; else a candidate goes left where that feature is below `numbers[n]`.
 */
const treeSchema = z
  .object({ features: z.array(z.int().min(-1)), numbers: z.array(z.number()) })
  .refine(
    ({ features, numbers }) =>
      features.length > 0 &&
      numbers.length === features.length &&
      features.every((feature, node) => feature === -1 || 2 * node + 2 < features.length),
    'is no tree',
  )
export type Tree = z.infer<typeof treeSchema>

export const treesSchema = z.object({ bias: z.number(), trees: z.array(treeSchema) })
export type BoostedTrees = z.infer<typeof treesSchema>

/**
 * A probability a candidate.
 * @param values row-major, `columns` a candidate
 */
export function probabilities({ bias, trees }: BoostedTrees, values: Float32Array, columns: number): number[] {
  const found: number[] = []
  for (let offset = 0; offset < values.length; offset += columns) {
    let score = bias
    for (const tree of trees) score += leafOf(tree, values, offset)
    found.push(logistic(score))
  }
  return found
}

function leafOf({ features, numbers }: Tree, values: Float32Array, offset: number): number {
  let node = 0
  for (let feature = features[0]!; feature >= 0; feature = features[node]!) {
    node = 2 * node + (values[offset + feature]! < numbers[node]! ? 1 : 2)
  }
  return numbers[node]!
}

export function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score))
}
