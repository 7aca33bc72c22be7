import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '@idiolect/contracts/config'
import type { Method } from '@idiolect/contracts/method-names'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { reportComparison } from './compare-report.ts'
import { comparisonText } from './compare-table.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-compare-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Four authors, each with a subject: what one writes is nearest to its own past. */
const subjects: [user: string, sentences: string[]][] = [
  [
    'baker',
    [
      'The sourdough rises overnight in the cool cellar.',
      'I bake the rye loaves at dawn in the stone oven.',
      'More flour on the table, and the dough stops sticking.',
    ],
  ],
  [
    'sailor',
    [
      'The wind turned north and we reefed the mainsail.',
      'At anchor in the bay we mended the torn jib.',
      'The tide carried the boat past the lighthouse.',
    ],
  ],
  [
    'doctor',
    [
      'The patient came back with a fever and a dry cough.',
      'I prescribed an antibiotic and two days of rest.',
      'Her blood pressure was lower after the new tablets.',
    ],
  ],
  [
    'gardener',
    [
      'The roses need pruning before the frost arrives.',
      'I sowed carrots and beans in the raised bed.',
      'Slugs ate the lettuce seedlings after the rain.',
    ],
  ],
]

const start = 'A letter. '
const config = parseConfig({
  targets: { minChars: 50 },
  context: { chars: start.length },
  compare: { methods: ['ImmedCtx', 'RankDocBySnpt', '+SumCtxInd'] satisfies Method[] },
})

async function makeRun(): Promise<string> {
  const documents = subjects.flatMap(([userId, sentences]) =>
    [0, 1, 2].map((day) => ({
      userId,
      docId: `d${day}`,
      timestamp: `2020-01-0${day + 1}T00:00:00Z`,
      title: '',
      text:
        start +
        sentences
          .map((_, at) => sentences[(at + day) % 3])
          .slice(0, 2)
          .join(' '),
    })),
  )
  const rows = subjects.flatMap(([userId, sentences], at) => {
    const text = documents.find((document) => document.userId === userId && document.docId === 'd2')!
    const stranger = subjects[(at + 1) % subjects.length]![1]
    const outputs: [Method, string][] = [
      ['ImmedCtx', stranger[0]!],
      ['RankDocBySnpt', sentences[1]!],
      ['+SumCtxInd', ''],
    ]
    return outputs.map(([method, output]) => ({
      id: `${userId}/d2|${method}`,
      userId,
      docId: 'd2',
      timestamp: text.timestamp,
      method,
      context: start,
      entries: [],
      summary: '',
      keyElements: [],
      output: start + output,
      reference: text.text,
    }))
  })
  const lines = (values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
  await writeFile(join(folder, 'documents.jsonl'), lines(documents))
  await writeFile(join(folder, 'generations.jsonl'), lines(rows))
  return join(folder, 'documents.jsonl')
}

async function report(input: string, authorship = true) {
  const request = { inputs: [input], out: folder, config, limit: null }
  const signal = new AbortController().signal
  return reportComparison(request, { env: {}, signal, baseline: 'RankDocBySnpt', shown: 2, authorship })
}

test('with the bundled embedder a text of the author’s subject is told from one of another’s, and the files are the same each time', async () => {
  const input = await makeRun()
  const comparison = await report(input)
  const aucs = Object.fromEntries(comparison.methods.map(({ method, authorship }) => [method, authorship?.auc]))
  expect(aucs).toMatchObject({ RankDocBySnpt: 1, '+SumCtxInd': 0.5 })
  expect(aucs.ImmedCtx).toBeLessThan(0.5)
  expect(comparison.authorship).toMatchObject({ negatives: 3, truth: { count: 4, auc: 1 } })

  const names = ['comparison.csv', 'comparison.json', 'comparison.txt', 'report.html']
  expect((await readdir(folder)).toSorted()).toEqual([...names, 'documents.jsonl', 'generations.jsonl'].toSorted())
  const read = () => Promise.all(names.slice(0, 3).map((name) => readFile(join(folder, name), 'utf8')))
  const before = await read()
  expect(before[2]).toBe(`${comparisonText(comparison)}\n`)
  expect(before[2]).toContain('RankDocBySnpt (baseline)')
  await report(input)
  expect(await read()).toEqual(before)
})

test('without the authorship score the input is not read again', async () => {
  await makeRun()
  const comparison = await report(join(folder, 'gone.jsonl'), false)
  expect(comparison.authorship).toBeNull()
  expect(comparison.methods.map(({ authorship }) => authorship)).toEqual([null, null, null])
  expect(comparisonText(comparison)).not.toContain('AUC')
})
