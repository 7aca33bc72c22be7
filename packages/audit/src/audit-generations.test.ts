import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { auditOutput } from './audit-output.ts'
import { textOf, wholeText } from './examples/example-dataset.ts'
import { writeInput, writeLines, writeRun } from './examples/write-example.ts'
import type { AuditReport } from './report.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-audit-'))
})
afterEach(() => rm(dir, { recursive: true }))

const time = (days: number) => Date.UTC(2020, 0, days)
const documents = [1, 2, 3, 4].map((days) => ({
  userId: 'a',
  docId: `d${days}`,
  timestamp: time(days),
  title: `Day ${days}`,
  text: textOf(String(days)),
}))
const requests = [
  { requestId: 'r1', userId: 'a', context: 'To whom it may concern', timestamp: time(3) },
  { requestId: 'r2', userId: 'a', context: 'Dear all' },
]

const whole = (days: number) => wholeText(documents[days - 1]!)
const entry = (days: number) => ({ docId: `d${days}`, score: 1, text: whole(days).slice(0, 100) })

const targetRow = {
  id: 'a/d4',
  userId: 'a',
  docId: 'd4',
  timestamp: new Date(time(4)).toISOString(),
  method: 'RankDocBM25',
  context: whole(4).slice(0, 150),
  entries: [entry(3), entry(1)],
  summary: '',
  prompt: `Finish the passage in the user voice\n\npassage start:\n${whole(4).slice(0, 140)}`,
  output: '',
  reference: whole(4),
}
const requestRow = {
  id: 'r1',
  userId: 'a',
  timestamp: new Date(time(3)).toISOString(),
  method: 'RankDocBM25',
  context: 'To whom it may concern',
  entries: [entry(1), entry(2)],
  summary: '',
  prompt: 'passage start:\nTo whom it may concern',
  output: '',
}
const undatedRow = { ...requestRow, id: 'r2', context: 'Dear all', entries: [entry(4), entry(3)] }

async function auditOf(rows: object[], config: object = {}): Promise<AuditReport> {
  await writeLines(join(dir, 'generations.jsonl'), rows)
  await writeRun(dir, {
    config: parseConfig(config),
    inputs: [await writeInput(dir, 'documents.jsonl', documents)],
    requests: [await writeInput(dir, 'requests.jsonl', requests)],
  })
  return auditOutput({ dir, signal: new AbortController().signal })
}

const found = ({ checks }: AuditReport) =>
  checks.flatMap(({ check, examples }) => examples.map(({ id, reason }) => [check, id, reason]))

it('passes for documents as targets, for requests, and for requests of no time, which look back on everything', async () => {
  const report = await auditOf([targetRow, requestRow, undatedRow])
  expect(report).toMatchObject({ ok: true, rows: 3 })
  // A request has no d_t, so only the target's two entries can be copies of one; no user is split off.
  expect(report.checks.map(({ checked }) => checked)).toEqual([6, 0, 2, 3])
})

it('passes for the rows of a comparison, whose ids end with their method', async () => {
  const methods = ['RecentDoc', 'RankDocBM25']
  const rows = [targetRow, requestRow].flatMap((row) =>
    methods.map((method) => ({ ...row, id: `${row.id}|${method}`, method })),
  )
  expect(await auditOf(rows, { compare: { methods } })).toMatchObject({ ok: true, rows: 4 })
  expect(found(await auditOf(rows))).toEqual([
    [1, 'r1|RankDocBM25', 'the input has no request of this id and user'],
    [1, 'r1|RecentDoc', 'the input has no request of this id and user'],
  ])
})

it.each([
  [
    'an entry at the time of the request',
    { ...requestRow, entries: [entry(3)] },
    1,
    'entries[0] (d3) is written at or after the target',
  ],
  [
    'a context that is not the request’s',
    { ...requestRow, context: 'Dear' },
    1,
    'its context is not the start of the request',
  ],
  [
    'a request of another user',
    { ...requestRow, userId: 'b', entries: [] },
    1,
    'the input has no request of this id and user',
  ],
  [
    'a time that is not the request’s',
    { ...requestRow, timestamp: targetRow.timestamp },
    1,
    'its timestamp is not the target’s',
  ],
  [
    'a true text of another document',
    { ...targetRow, reference: whole(3) },
    1,
    'its true text is not the whole target',
  ],
  [
    'text of the target in the prompt',
    { ...targetRow, prompt: whole(4) },
    1,
    'its prompt holds text of the target that is in no entry',
  ],
  ['label text in the prompt', { ...targetRow, method: 'RankDocBM25+label+SynCtx' }, 4, 'its method is label'],
])('catches %s', async (_name, row, check, reason) => {
  expect(found(await auditOf([row]))).toEqual([[check, row.id, reason]])
})

it('refuses a folder without rows', async () => {
  await auditOf([targetRow])
  await rm(join(dir, 'generations.jsonl'))
  await expect(auditOutput({ dir, signal: new AbortController().signal })).rejects.toMatchObject({
    code: 'input_missing',
  })
})
