import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { auditOutput } from './audit-output.ts'
import { copyFaults } from './examples/copy-faults.ts'
import { type ExampleDataset, exampleDataset } from './examples/example-dataset.ts'
import { labelFaults } from './examples/label-faults.ts'
import { pastFaults } from './examples/past-faults.ts'
import { userFaults } from './examples/user-faults.ts'
import { type WriteOptions, writeDataset } from './examples/write-example.ts'
import type { AuditReport } from './report.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-audit-'))
})
afterEach(() => rm(dir, { recursive: true }))

const { signal } = new AbortController()
const faults = [...pastFaults, ...userFaults, ...copyFaults, ...labelFaults]

async function auditOf(example: ExampleDataset, options?: WriteOptions): Promise<AuditReport> {
  await rm(dir, { recursive: true })
  await writeDataset(dir, example, options)
  return auditOutput({ dir, signal })
}

const violationsOf = ({ checks }: AuditReport) => checks.map(({ violations }) => violations)

describe('a dataset', () => {
  it('passes where it holds to all four, and each check says how much it looked at', async () => {
    const example = exampleDataset()
    const report = await auditOf(example)
    const rows = Object.values(example.sets).flat()
    const retrieved = rows.filter(({ entries }) => entries !== undefined)
    expect(report).toMatchObject({ ok: true, rows: rows.length })
    expect(
      report.checks.map(({ check, checked, violations, examples }) => [check, checked, violations, examples]),
    ).toEqual([
      [1, 2 * retrieved.length, 0, []],
      [2, rows.length, 0, []],
      // Two documents a row.
      [3, 2 * retrieved.length, 0, []],
      [4, expect.any(Number), 0, []],
    ])
    expect(JSON.parse(await readFile(join(dir, 'audit.json'), 'utf8'))).toEqual(report)
    expect(await readFile(join(dir, 'README.md'), 'utf8')).toContain(`| ${report.checks[2]!.name} |`)
  })

  it('has the same report as Parquet and in shards', async () => {
    const example = exampleDataset()
    faults[0]!.seed(example, 3)
    const report = await auditOf(example)
    expect(violationsOf(report)).toEqual([1, 0, 0, 0])
    expect(await auditOf(example, { shardRows: 5 })).toEqual(report)
    expect(await auditOf(example, { parquet: true })).toEqual(report)
    expect(await auditOf(example, { parquet: true, shardRows: 7 })).toEqual(report)
  })

  it('may hold label text in its inputs where run.json asks for it, and then only words of the entries', async () => {
    const example = exampleDataset({ summarize: { method: 'label' }, synthesize: { method: 'label' } })
    for (const row of example.sets['generation/train']!) {
      row.summarySource = 'label'
      row.keyElementsSource = 'label'
      row.keyElements = row.entries[1]!.text.split(/\W+/).slice(2, 4)
    }
    expect(await auditOf(example)).toMatchObject({ ok: true })
    const [first, second] = example.sets['generation/train']!
    first!.keyElements = ['elsewhere']
    second!.summary = 'elsewhere'
    const report = await auditOf(example)
    expect(report.checks[3]!.examples.map(({ id }) => id)).toEqual([first!.id, second!.id])
  })

  it('does not take a run of words for the target’s that stands in an entry as well', async () => {
    const example = exampleDataset()
    const row = example.sets['generation/test']![0]!
    const target = example.documents.find(({ userId, docId }) => userId === row.userId && docId === row.docId)!
    const past = example.documents.find(
      ({ userId, docId }) => userId === row.userId && docId === row.entries[0]!.docId,
    )!
    const common = past.text.slice(0, 100)
    target.text += ` ${common}`
    row.completion += ` ${common}`
    expect(await auditOf(example)).toMatchObject({ ok: true })
  })
})

describe('a seeded fault', () => {
  it.each(faults)('is caught: $name', async ({ check, reason, seed }) => {
    const example = exampleDataset()
    const { id, set } = seed(example, 0)
    const report = await auditOf(example)
    expect(report.ok).toBe(false)
    const caught = report.checks[check - 1]!.examples
    expect(caught).toContainEqual({ id, set, reason: expect.stringContaining(reason) })
    expect(caught.filter((violation) => violation.id !== id && !violation.reason.includes('has rows in'))).toEqual([])
  })

  it('is caught in any row, and set down to its own check alone', async () => {
    const drawn = fc.record({ fault: fc.constantFrom(...faults), draw: fc.nat(), seed: fc.nat(1000) })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ fault, draw, seed }) => {
        const example = exampleDataset({ seed })
        const { id, set } = fault.seed(example, draw)
        const report = await auditOf(example)
        expect(report.checks[fault.check - 1]!.examples).toContainEqual({
          id,
          set,
          reason: expect.stringContaining(fault.reason),
        })
        expect(violationsOf(report).map((violations) => violations > 0)).toEqual(
          [1, 2, 3, 4].map((check) => check === fault.check),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('is counted whenever it occurs, and the first 20 ids are named', async () => {
    const example = exampleDataset()
    const rows = example.sets['generation/train']!
    for (const row of rows) row.completion = 'something else'
    const { checks } = await auditOf(example)
    expect(rows.length).toBeGreaterThan(20)
    expect(checks[0]!.violations).toBe(rows.length)
    const ids = rows.map(({ id }) => id).sort()
    expect(checks[0]!.examples.map(({ id }) => id)).toEqual(ids.slice(0, 20))
  })
})

describe('what is audited', () => {
  const audit = (inputs?: string[]) => auditOutput({ dir, inputs, signal })

  it('must be a finished run', async () => {
    await expect(audit()).rejects.toMatchObject({ code: 'input_missing' })
  })

  it('must have the input that run.json names, or another place of it', async () => {
    const input = await writeDataset(dir, exampleDataset())
    const moved = join(dir, 'moved.jsonl')
    await rename(input, moved)
    await expect(audit()).rejects.toMatchObject({ code: 'input_missing', message: expect.stringContaining('--input') })
    expect(await audit([moved])).toMatchObject({ ok: true })
    const text = await readFile(moved, 'utf8')
    await writeFile(input, text.replace('because', 'becausf'))
    await expect(audit()).rejects.toMatchObject({ code: 'input_unusable', message: expect.stringContaining('digest') })
    await appendFile(input, '\n')
    await expect(audit()).rejects.toMatchObject({ code: 'input_unusable', message: expect.stringContaining('digest') })
  })

  it('must be readable row by row, and hold no file that would be passed over', async () => {
    await writeDataset(dir, exampleDataset())
    const path = join(dir, 'summary', 'test.jsonl')
    await appendFile(path, '{"id":"x"}\n')
    await expect(audit()).rejects.toMatchObject({
      code: 'input_unusable',
      message: expect.stringContaining(`${path}:9`),
    })
    await rename(path, join(dir, 'summary', 'more.jsonl'))
    await expect(audit()).rejects.toMatchObject({ code: 'input_unusable' })
  })

  it('is left without a trace of the work, also after a failure', async () => {
    await writeDataset(dir, exampleDataset())
    const before = await readdir(dir)
    await expect(auditOutput({ dir, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(dir)).toEqual(before)
    await audit()
    expect((await readdir(dir)).filter((name) => !['README.md', 'SHA256SUMS'].includes(name))).toEqual(
      ['audit.json', ...before].sort(),
    )
  })
})
