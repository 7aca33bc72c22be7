import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'

import { parseConfig } from '@idiolect/contracts/config'
import { splitOf, splits, teachesSelectors } from '@idiolect/contracts/split'
import { writeParquet } from '@idiolect/output/parquet-file'
import { readSelector } from '@idiolect/selectors/selector'
import { summaryRow, synthesisRow } from '@idiolect/selectors/training-rows-for-tests'
import { countDocumentFrequencies } from '@idiolect/text/document-frequencies'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { trainCommand } from './commands/train.ts'

const config = parseConfig({ task: 'dataset', synthesize: { maxWords: 2 } })
const users = Array.from({ length: 200 }, (_, index) => `u${index}`).filter(
  (user) => splitOf(user, config) !== 'train' || teachesSelectors(user, config),
)
const targets = users.flatMap((userId) => [0, 1, 2].map((target) => ({ userId, target })))

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-train-'))
  await writeRows('summary', targets.map(summaryRow))
  await writeRows('synthesis', targets.map(synthesisRow))
  const frequencies = countDocumentFrequencies()
  for (let document = 0; document < 100; document += 1) frequencies.add('the')
  await writeFile(join(dir, 'document-frequencies.tsv.gz'), frequencies.encode())
  await writeFile(join(dir, 'run.json'), JSON.stringify({ config }))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function writeRows(set: string, rows: readonly { userId: string }[]): Promise<void> {
  await mkdir(join(dir, set), { recursive: true })
  for (const split of splits) {
    const lines = rows
      .filter(({ userId }) => splitOf(userId, config) === split)
      .map((row) => `${JSON.stringify(row)}\n`)
    await writeFile(join(dir, set, `${split}.jsonl`), lines)
  }
}

async function train(...args: string[]): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough().resume()] as unknown as NodeJS.WriteStream[]
  const { signal } = new AbortController()
  const command = trainCommand({ env: {}, stdout: stdout!, stderr: stderr!, signal, exit: { code: 0 } }).exitOverride()
  await command.parseAsync([...args, '--data', dir], { from: 'user' })
  stdout!.end()
  return text(stdout as unknown as PassThrough)
}

describe('idiolect train', () => {
  test('writes a summarizer and how it does on held-out users, the same bytes each time', async () => {
    const printed = await train('summarizer')
    const before = await readFile(join(dir, 'summarizer.json'), 'utf8')
    const report = JSON.parse(await readFile(join(dir, 'summarizer.report.json'), 'utf8'))
    expect(report.trainedOn).toMatchObject({ users: users.filter((user) => splitOf(user, config) === 'train').length })
    expect(report.heldOut.users).toBe(users.filter((user) => splitOf(user, config) !== 'train').length)
    expect(report.methods.map(({ method }: { method: string }) => method)).toEqual([
      'contextIndependent',
      'trained',
      'contextSimilarity',
      'chance',
      'trainedUncapped',
      'contextSimilarityUncapped',
      'chanceUncapped',
    ])
    expect(printed).toContain('The trained summarizer beats SumCtxInd on its own labels within 500 characters: F1 ')
    await train('summarizer')
    expect(await readFile(join(dir, 'summarizer.json'), 'utf8')).toBe(before)
  })

  test('writes a synthesizer where it is told to and prints its report as JSON', async () => {
    const out = join(dir, 'models', 'sy.json')
    const report = JSON.parse(await train('synthesizer', '--out', out, '--json'))
    expect(report).toMatchObject({ selector: out, kind: 'synthesizer', limit: 2 })
    expect(JSON.parse(await readFile(join(dir, 'models', 'sy.report.json'), 'utf8'))).toMatchObject({ auc: report.auc })
    expect((await readSelector(out)).model).toEqual(report.model)
    const [test] = report.tests
    expect(test).toMatchObject({ method: 'trained', measure: 'f1', significant: true, independentF1: 0 })
  })

  test('says plainly that the context-independent method is not beaten', async () => {
    const rows = targets.map((target) => {
      const row = synthesisRow(target)
      return { ...row, keyElements: row.chosen }
    })
    await writeRows('synthesis', rows)
    expect(await train('synthesizer')).toContain('The trained synthesizer does not beat SynCtxInd on its own labels')
  })

  test('says that it cannot tell where the rows were made by another method', async () => {
    await writeRows(
      'summary',
      targets.map((target) => ({ ...summaryRow(target), summarySource: 'none' })),
    )
    expect(await train('summarizer')).toContain('whether it is beaten cannot be told')
  })

  test('learns the same from Parquet in shards', async () => {
    await train('summarizer')
    const before = await readFile(join(dir, 'summarizer.json'), 'utf8')
    const path = (name: string) => join(dir, 'summary', name)
    const lines = (await readFile(path('train.jsonl'), 'utf8')).trim().split('\n')
    for (const part of [0, 1]) {
      const from = join(dir, `part-${part}`)
      await writeFile(from, lines.filter((_, index) => index % 2 === part).join('\n'))
      const to = path(`train-0000${part}.parquet`)
      await writeParquet({ set: 'summary', from, to, spill: join(dir, 'spill'), longestLine: 10_000 })
    }
    await rm(path('train.jsonl'))
    await train('summarizer')
    expect(await readFile(join(dir, 'summarizer.json'), 'utf8')).toBe(before)
  })
})

describe('idiolect train refuses', () => {
  test('a folder without a finished dataset', async () => {
    await rm(join(dir, 'run.json'))
    await expect(train('summarizer')).rejects.toMatchObject({ code: 'input_missing' })
  })

  test('a dataset without the rows', async () => {
    await rm(join(dir, 'summary'), { recursive: true })
    await expect(train('summarizer')).rejects.toMatchObject({ code: 'input_missing' })
  })

  test('to learn from a user outside of the training half', async () => {
    const stranger = Array.from({ length: 200 }, (_, index) => `v${index}`).find(
      (user) => !teachesSelectors(user, config) && splitOf(user, config) === 'train',
    )!
    await writeRows('summary', [...targets, { userId: stranger, target: 0 }].map(summaryRow))
    await expect(train('summarizer')).rejects.toThrow(/train\.jsonl:\d+: is of a user/)
  })

  test('a row whose label points at nothing, and names its line', async () => {
    const rows = targets.map(summaryRow)
    await writeRows('summary', [{ ...rows[0]!, chosen: [6] }, ...rows.slice(1)])
    await expect(train('summarizer')).rejects.toThrow(/\.jsonl:1: row: chosen or snippets point at nothing/)
  })

  test('frequencies that do not unpack', async () => {
    await writeFile(join(dir, 'document-frequencies.tsv.gz'), 'no gzip')
    await expect(train('synthesizer')).rejects.toMatchObject({ code: 'input_unusable' })
  })
})
