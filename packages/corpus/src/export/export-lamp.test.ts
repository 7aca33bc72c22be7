import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { exportLamp } from './export-lamp.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-export-'))
  const context = 'Generate a headline: The sea left.'
  const rows = [
    { id: '12', context, output: `${context} High water` },
    { id: '99', context, output: 'of another split' },
    { id: '11', context, output: 'Low water' },
  ]
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`)
  await writeFile(join(folder, 'generations.jsonl'), lines.join(''))
})
afterEach(() => rm(folder, { recursive: true }))

async function run(golds: unknown) {
  const paths = { golds: join(folder, 'golds.json'), out: join(folder, 'predictions.json') }
  await writeFile(paths.golds, JSON.stringify(golds))
  const counts = await exportLamp({ folder, task: 'LaMP_4', ...paths })
  return { counts, predictions: JSON.parse(await readFile(paths.out, 'utf8')) }
}

it.each<[string, (golds: object[]) => unknown]>([
  ['a list', (golds) => golds],
  ['an object', (golds) => ({ task: 'LaMP_4', golds })],
])('predictions have exactly the ids of the golds in %s, and nothing of the question', async (_form, wrap) => {
  const { counts, predictions } = await run(wrap([{ id: 11 }, { id: '13' }, { id: '12', output: 'the true text' }]))
  expect(predictions).toEqual({
    task: 'LaMP_4',
    golds: [
      { id: '11', output: 'Low water' },
      { id: '13', output: '' },
      { id: '12', output: 'High water' },
    ],
  })
  expect(counts).toEqual({ golds: 3, answered: 2, missing: 1, others: 1 })
})

it('golds that the run does not answer, or without an id, are refused', async () => {
  await expect(run([{ id: 'x' }])).rejects.toMatchObject({ code: 'input_unusable' })
  await expect(run([{ id: '11' }, { output: 'x' }])).rejects.toMatchObject({ code: 'input_unusable' })
})
