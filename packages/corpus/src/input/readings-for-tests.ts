import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll } from 'vitest'

import { documentFields, parseDocument } from './parse-record.ts'
import { readValues } from './read-values.ts'
import type { Reading } from './reading.ts'

export interface ReadingFolder {
  path(name: string): string
  /** What `readValues` makes of a file with this content, or of the one that is there. */
  read(name: string, content: string | Buffer | null, maxBytes?: number): Promise<Reading[]>
  /** What becomes of each record: its line with `ok` or the code of its fault. */
  outcomes(name: string, content: string | Buffer | null, maxBytes?: number): Promise<[line: number, code: string][]>
}

/** A folder for the tests of a file, removed after them. */
export function readingFolder(): ReadingFolder {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idiolect-values-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const path = (name: string) => join(folder, name)
  const read: ReadingFolder['read'] = async (name, content, maxBytes) => {
    if (content !== null) await writeFile(path(name), content)
    const readings: Reading[] = []
    const options = { fields: documentFields, onRaw: () => {}, ...(maxBytes === undefined ? {} : { maxBytes }) }
    for await (const some of readValues(path(name), options)) readings.push(...some)
    return readings
  }
  return {
    path,
    read,
    async outcomes(name, content, maxBytes) {
      return (await read(name, content, maxBytes)).map((reading) => {
        const parsed = 'fault' in reading ? reading : parseDocument(reading.value)
        return [reading.line, 'fault' in parsed ? parsed.fault.code : 'ok']
      })
    },
  }
}
