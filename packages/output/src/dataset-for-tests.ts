import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'

import { parseConfig } from '@idiolect/contracts/config'
import type { Failure, GeneratedTarget } from '@idiolect/contracts/records'

import { outputFolder } from './folder.ts'
import { writeManifest } from './manifest.ts'
import { commitPart } from './parts.ts'
import { rowsOfTarget } from './rows-of-target.ts'

/** Users have four targets each; every fifth target has no label for Su, every seventh none for Sy. */
export function exampleTarget(ordinal: number, fields: Partial<GeneratedTarget> = {}): GeneratedTarget {
  const userId = `u${Math.floor(ordinal / 4)}`
  const entries = [
    { docId: 'd1', score: ordinal / 3, text: `An earlier text of ${userId}. It goes on.` },
    { docId: 'd2', snippet: 2, score: -0.1, text: 'Another \u2028 one,\twith "quotes" and 😀.' },
  ]
  const noSummary = ordinal % 5 === 4
  const noWords = ordinal % 7 === 6
  return {
    ordinal,
    id: `${userId}/d${ordinal}`,
    userId,
    docId: `d${ordinal}`,
    timestamp: 1_000_000_000_000 + ordinal * 1000,
    method: 'RankDocBySnpt+SumCtxInd+SynCtxInd',
    context: 'The start',
    reference: `The start of text ${ordinal}.`,
    distinction: { userId: 'u0', docId: 'd0', text: 'Whose words are these?', sameAuthor: userId === 'u0' },
    entries,
    historyWords: [],
    entrySnippets: [{ entry: 0, start: 0, end: 22, contextSimilarity: 0.1 + ordinal, centrality: 0, recency: 3 }],
    summary: 'A summary.',
    summaryExample: {
      prompt: 'Summarize',
      completion: noSummary ? '' : 'An earlier text of u0.',
      chosen: noSummary ? [] : [0],
    },
    keyElements: ordinal % 2 === 0 ? [] : ['earlier', 'text'],
    synthesisExample: {
      prompt: 'Keywords',
      completion: noWords ? 'Keywords: ' : 'Keywords: text',
      chosen: noWords ? [] : ['text'],
    },
    prompt: 'Finish the passage in the user voice\n\npassage start:\nThe start',
    output: '',
    model: 'none',
    usage: { promptTokens: 0, completionTokens: 0 },
    finishReason: 'none',
    seed: 1,
    ...fields,
  }
}

export function failureOf(ordinal: number): Failure {
  return { ordinal, id: `r${ordinal}`, stage: 'generate', code: 'model_crashed', message: 'gone', attempts: 3 }
}

export type ExampleRun = { dataset?: object; records: GeneratedTarget[]; failed?: number[]; perPart?: number }

/** A folder whose every part is committed and that is not finished. */
export async function writeExampleRun(dir: string, { dataset = {}, records, failed = [], perPart = 8 }: ExampleRun) {
  const config = parseConfig({ task: 'dataset', dataset })
  const counts = { read: 3 * records.length, rejected: 1, duplicates: 0, authors: 3, nearCopies: 2 }
  await writeManifest(dir, {
    run: 'run-1',
    round: 0,
    config,
    limit: null,
    inputs: [{ path: '/somewhere/documents.jsonl', sha256: 'aa', bytes: 3 }],
    requests: [],
    selectors: {},
    counts: { ...counts, targets: records.length },
    versions: { idiolect: '0.1.0' },
  })
  const { rejects, frequencies } = outputFolder(dir)
  await writeFile(rejects, '{"file":"documents.jsonl","line":3,"code":"invalid_json","reason":"is not JSON"}\n')
  await writeFile(frequencies, gzipSync('3\ntext\t2'))
  for (let first = 0; first < records.length; first += perPart) {
    const batch = records.slice(first, first + perPart)
    const done = batch.filter(({ ordinal }) => !failed.includes(ordinal))
    await commitPart(dir, {
      first,
      count: batch.length,
      rows: done.flatMap((record) => rowsOfTarget(record, config)),
      failures: batch.filter((record) => !done.includes(record)).map(({ ordinal }) => failureOf(ordinal)),
      models: { embed: [{ name: 'bundled:all-MiniLM-L6-v2', digest: 'ab' }] },
    })
  }
  return config
}

export function exampleTargets(count: number, fields: Partial<GeneratedTarget> = {}): GeneratedTarget[] {
  return Array.from({ length: count }, (_, ordinal) => exampleTarget(ordinal, fields))
}

/** SHA-256 of every file by its path, `timings.json` apart, which holds times. */
export async function digestsOf(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const digests: Record<string, string> = {}
  for (const path of paths.sort()) {
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    if (!path.endsWith('timings.json')) digests[relative(dir, path)] = digest
  }
  return digests
}

export async function readRows(path: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}
