import fc from 'fast-check'
import { expect, test } from 'vitest'

import { stream } from './fixtures/compared-rows.ts'
import { splitRows } from './split-rows.ts'

type Row = { key: string; value: number }

const keyOf = ({ key }: Row) => key

async function valuesOf(rows: AsyncIterable<Row>): Promise<number[]> {
  const values: number[] = []
  for await (const { value } of rows) values.push(value)
  return values
}

test('each reader gets the rows of its key, all of them and in order', async () => {
  const rows = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), value: fc.integer() }), { maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const expected = new Map<string, number[]>()
      for (const { key, value } of given) expected.set(key, [...(expected.get(key) ?? []), value])
      expect(await splitRows(stream(given), { keyOf, read: (_key, own) => valuesOf(own) })).toEqual(expected)
    }),
  )
})

test('a reader that lags holds the source back instead of letting rows pile up', async () => {
  let produced = 0
  async function* source(): AsyncGenerator<Row> {
    for (; produced < 10_000; produced += 1) yield { key: 'a', value: produced }
  }
  let most = 0
  await splitRows(source(), {
    keyOf,
    async read(_key, own) {
      for await (const { value } of own) most = Math.max(most, produced - value)
    },
  })
  expect(most).toBeLessThan(100)
})

test('a reader that gives up ends the pass with its error', async () => {
  const endless = async function* (): AsyncGenerator<Row> {
    for (let value = 0; ; value += 1) yield { key: value % 2 === 0 ? 'a' : 'b', value }
  }
  const read = async (key: string, rows: AsyncIterable<Row>) => {
    for await (const { value } of rows) if (key === 'b' && value > 50) throw new Error('enough')
  }
  await expect(splitRows(endless(), { keyOf, read })).rejects.toThrow('enough')
})

test('a source that fails ends the pass with its error', async () => {
  const failing = async function* (): AsyncGenerator<Row> {
    yield { key: 'a', value: 1 }
    throw new Error('cut off')
  }
  await expect(splitRows(failing(), { keyOf, read: (_key, own) => valuesOf(own) })).rejects.toThrow('cut off')
})
