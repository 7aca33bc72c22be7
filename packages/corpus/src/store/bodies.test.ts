import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { createBodyWriter, readDocuments, sortBodies, unsortedBodies } from './bodies.ts'
import { type Database, openDatabase } from './database.ts'

let folder: string
let database: Database
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-bodies-'))
  database = await openDatabase(folder)
  await database.connection.run(`
    CREATE TABLE document (
      userId VARCHAR, docId VARCHAR, timestamp BIGINT, chars INTEGER, bodyOffset BIGINT, titleBytes INTEGER, textBytes INTEGER)`)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true })
})

/** The numbers from 0 to 99. */
const shuffled = Array.from({ length: 100 }, (_, index) => (37 * index) % 100)

/** 50 KB to 4 MB, which is more than is read at once. */
const textOf = (number: number) => `${number} ß `.repeat(number % 20 === 7 ? 700_000 : 10_000 + number)

test.each([
  ['in the order of the table', (numbers: number[]) => numbers.sort((a, b) => a - b)],
  ['in no order', (numbers: number[]) => numbers],
])('merges runs whose bodies lie %s, and leaves out those that the table does not name', async (_name, arrange) => {
  const bodies = createBodyWriter(unsortedBodies(database))
  const runStarts: number[] = []
  const places = new Map<number, string>()
  for (let run = 0; run < 7; run += 1) {
    runStarts.push(bodies.end())
    for (const number of arrange(shuffled.filter((each) => each % 7 === run))) {
      const { offset, titleBytes, textBytes } = bodies.write(
        Buffer.from(`title ${number}`),
        Buffer.from(textOf(number)),
      )
      places.set(number, `'u', '${number}', ${number}, 1, ${offset}, ${titleBytes}, ${textBytes}`)
    }
  }
  bodies.close()
  const kept = Array.from({ length: 100 }, (_, number) => number).filter((number) => number % 5 !== 0)
  for (const number of kept) await database.connection.run(`INSERT INTO document VALUES (${places.get(number)})`)

  await sortBodies(database, { runStarts })

  const read: number[] = []
  for await (const documents of readDocuments(database)) {
    for (const { docId, title, text } of documents) {
      expect(title).toBe(`title ${docId}`)
      expect(text === textOf(Number(docId))).toBe(true)
      read.push(Number(docId))
    }
  }
  expect(read).toEqual(kept)
})
