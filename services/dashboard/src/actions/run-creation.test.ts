import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { allowed } from './allowed.ts'
import type { Begun } from './run-actions.ts'
import { runCreation } from './run-creation.ts'
import { uploadStore } from './upload-store.ts'

let outputs: string
beforeAll(async () => {
  outputs = await mkdtemp(join(tmpdir(), 'idiolect-creation-'))
  await mkdir(join(outputs, 'done'))
  await writeFile(join(outputs, 'done', 'run.json'), '{}')
  await writeFile(join(outputs, 'documents.jsonl'), '')
})
afterAll(() => rm(outputs, { recursive: true, force: true }))

function creationThat(begin: () => Promise<Begun>) {
  return runCreation({
    commands: { find: () => undefined },
    actions: { begin },
    uploads: uploadStore(outputs, 1),
    allowed: allowed({ inputs: [outputs], models: [] }),
    outputs,
    log: pino({ level: 'silent' }),
  })
}

const request = () => ({ name: 'done', input: { path: join(outputs, 'documents.jsonl') } })

test('a folder that is finished says nothing of a request whose command still reads', async () => {
  const creation = creationThat(async () => ({ run: null, isReading: true }))
  expect(await creation.create(request(), 'bearer')).toEqual({ name: 'done', run: null, state: 'reading' })
})

test('once the command has found the request to be that of the folder, the run is finished', async () => {
  const creation = creationThat(async () => ({ run: 'run-1', isReading: false }))
  expect(await creation.create(request(), 'bearer')).toEqual({ name: 'done', run: 'run-1', state: 'finished' })
})
