import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { fitBoostedTrees } from './boosted-trees.ts'
import { columnBins, type Sample } from './column-bins.ts'
import { probabilities } from './tree-ensemble.ts'

const options = { rounds: 20, depth: 2, rate: 0.3 }

function sampleOf(rows: readonly (readonly number[])[], labels: readonly boolean[]): Sample {
  return {
    rows: rows.length,
    columns: rows[0]?.length ?? 2,
    values: Float32Array.from(rows.flat()),
    labels: Uint8Array.from(labels, Number),
  }
}

/** Points of a grid, so that both columns have ties. */
const grid = Array.from({ length: 400 }, (_, row) => [row % 20, Math.floor(row / 20)])

function logLoss(found: readonly number[], labels: Uint8Array): number {
  return found.reduce((sum, probability, row) => sum - Math.log(labels[row] === 1 ? probability : 1 - probability), 0)
}

describe('boosted trees', () => {
  test('learn what two columns decide together', async () => {
    const sample = sampleOf(
      grid,
      grid.map(([x, y]) => x! < 8 !== y! < 12),
    )
    const found = probabilities(await fitBoostedTrees(sample, options), sample.values, 2)
    expect(found.map((probability) => Number(probability > 0.5))).toEqual([...sample.labels])
  })

  test('predict the share of the label where the columns say nothing', async () => {
    const rows = Array.from({ length: 200 }, () => [1, 1])
    const sample = sampleOf(
      rows,
      rows.map((_, row) => row % 4 === 0),
    )
    // (50 + 1) / (150 + 1) to 1.
    expect(probabilities(await fitBoostedTrees(sample, options), sample.values, 2)[0]).toBeCloseTo(0.25, 2)
  })

  test('fit the sample better with every tree', async () => {
    const sample = sampleOf(
      grid,
      grid.map(([x, y], row) => (x! + y! + ((row * 7919) % 13)) % 3 === 0),
    )
    const { bias, trees } = await fitBoostedTrees(sample, options)
    const losses = [0, 5, 10, 15, 20].map((count) =>
      logLoss(probabilities({ bias, trees: trees.slice(0, count) }, sample.values, 2), sample.labels),
    )
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
  })

  test('are the same for the same sample', async () => {
    const sample = sampleOf(
      grid,
      grid.map((_, row) => row % 3 === 0),
    )
    expect(JSON.stringify(await fitBoostedTrees(sample, options))).toBe(
      JSON.stringify(await fitBoostedTrees(sample, options)),
    )
  })

  test('give probabilities, for any sample and any candidate', async () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true })
    const row = fc.tuple(fc.tuple(value, value), fc.boolean())
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 60 }), fc.tuple(value, value), async (rows, candidate) => {
        const sample = sampleOf(
          rows.map(([values]) => values),
          rows.map(([, label]) => label),
        )
        const trees = await fitBoostedTrees(sample, options)
        for (const probability of probabilities(trees, Float32Array.from([...candidate, ...sample.values]), 2)) {
          expect(probability).toBeGreaterThan(0)
          expect(probability).toBeLessThan(1)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('stop when they are told to', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    const sample = sampleOf(
      grid,
      grid.map(() => true),
    )
    await expect(fitBoostedTrees(sample, { ...options, signal })).rejects.toThrow('stop')
  })
})

test('bins of a column are at most 64, and part what lies on either side of an edge', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const labels = new Uint8Array(values.length)
        const binned = columnBins({ rows: values.length, columns: 1, values: Float32Array.from(values), labels })
        const edges = binned.edges[0]!
        expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b))
        expect(edges.length).toBeLessThan(binned.width)
        for (const [row, value] of values.entries()) {
          expect(binned.bins[row]).toBe(edges.filter((edge) => value >= edge).length)
        }
      },
    ),
  )
})

test('few values have a bin each, many have bins of about as many rows', () => {
  const binsOf = (values: number[]) => {
    const labels = new Uint8Array(values.length)
    return columnBins({ rows: values.length, columns: 1, values: Float32Array.from(values), labels }).bins
  }
  expect([...binsOf([3, 1, 2, 3, 1])]).toEqual([2, 0, 1, 2, 0])
  const sizes = new Map<number, number>()
  for (const bin of binsOf(Array.from({ length: 6400 }, (_, row) => row ** 2)))
    sizes.set(bin, (sizes.get(bin) ?? 0) + 1)
  expect([...sizes.values()]).toEqual(new Array(64).fill(100))
})
