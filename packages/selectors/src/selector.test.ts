import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { fitSelector } from './fit-selector.ts'
import { type LabelledTarget, labelledSnippets, labelledWords } from './labelled-target.ts'
import { encodeSelector, readSelector, type SelectorFile, type SelectorKind, selectorOf } from './selector.ts'
import { rareWords, summaryRow, synthesisRow } from './training-rows-for-tests.ts'

const trainedOn = { seed: 17, split: { train: 0.85, validation: 0.05, test: 0.1 } }
const rows = Array.from({ length: 40 }, (_, index) => ({ userId: `u${index % 8}`, target: index }))
const targets: Record<SelectorKind, LabelledTarget[]> = {
  summarizer: rows.map((row) => labelledSnippets(summaryRow(row))),
  synthesizer: rows.map((row) => labelledWords(synthesisRow(row), rareWords)),
}

let folder: string
let file: SelectorFile

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-selector-'))
  file = await fitSelector(targets.synthesizer, { kind: 'synthesizer', trainedOn })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function written(text: string): Promise<string> {
  const path = join(folder, 'selector.json')
  await writeFile(path, text)
  return path
}

describe('fitting', () => {
  test.each(['summarizer', 'synthesizer'] as const)(
    'gives the same bytes for the same targets in any order: %s',
    async (kind) => {
      const once = await fitSelector(targets[kind], { kind, trainedOn })
      const again = await fitSelector([...targets[kind]].reverse(), { kind, trainedOn })
      expect(encodeSelector(again)).toBe(encodeSelector(once))
    },
  )

  test('says what was learned from', () => {
    expect(file.trainedOn).toMatchObject({ rows: 40, users: 8, seed: 17 })
    expect(file.trainedOn.candidates).toBe(targets.synthesizer.reduce((sum, { words }) => sum + words.length, 0))
  })

  test('works with a single user', async () => {
    const own = targets.summarizer.filter(({ userId }) => userId === 'u1')
    const fitted = await fitSelector(own, { kind: 'summarizer', trainedOn })
    expect(fitted.trainedOn.users).toBe(1)
    expect(() => selectorOf(fitted)).not.toThrow()
  })
})

describe('a selector’s file', () => {
  test('is read as it was written, and so is the selector that came with a run by value', async () => {
    const read = await readSelector(await written(encodeSelector(file)))
    expect(read).toMatchObject(file)
    expect(read.model).toEqual({ name: 'synthesizer', digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(selectorOf(JSON.parse(JSON.stringify(read)))).toEqual(read)
  })

  test('has a digest of what it holds, not of how it is written', async () => {
    const read = await readSelector(await written(encodeSelector(file)))
    const { kind, ...rest } = file
    const otherwise = await readSelector(await written(JSON.stringify({ ...rest, kind }, null, 2)))
    const other = await readSelector(await written(encodeSelector({ ...file, threshold: 0.99 })))
    expect(otherwise.model).toEqual(read.model)
    expect(other.model.digest).not.toBe(read.model.digest)
  })

  test('that is not there is missing', async () => {
    await expect(readSelector(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'model_missing' })
  })

  test.each<[string, (file: SelectorFile) => unknown]>([
    ['no object', () => 'text'],
    ['another file', () => ({ kind: 'summarizer' })],
    ['other features', (whole) => ({ ...whole, features: whole.features.toReversed() })],
    ['one feature less', (whole) => ({ ...whole, features: whole.features.slice(1) })],
    ['the other kind', (whole) => ({ ...whole, kind: 'summarizer' })],
    ['no propensities', ({ propensities: _, ...rest }) => rest],
    [
      'a tree whose branch leads nowhere',
      (whole) => ({ ...whole, trees: { bias: 0, trees: [{ features: [0], numbers: [1] }] } }),
    ],
    [
      'a tree that looks at a feature that is not there',
      (whole) => ({ ...whole, trees: { bias: 0, trees: [{ features: [99, -1, -1], numbers: [0, 0, 0] }] } }),
    ],
  ])('with %s is refused', async (_, change) => {
    const path = await written(JSON.stringify(change(file)))
    await expect(readSelector(path)).rejects.toMatchObject({ code: 'model_unsupported' })
  })

  test('that is cut off is refused', async () => {
    await expect(readSelector(await written(encodeSelector(file).slice(0, 100)))).rejects.toMatchObject({
      code: 'model_unsupported',
    })
  })

  test('of a run without one is none', () => {
    expect(selectorOf(undefined)).toBeNull()
  })
})
