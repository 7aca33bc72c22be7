import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { DuckDBInstance } from '@duckdb/node-api'
import { errorCodes, IdiolectError } from '@idiolect/contracts/errors'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { documentFields, parseDocument, parseRequest, requestFields } from './parse-record.ts'
import { readValues } from './read-values.ts'

let folder: string
let parquet: Buffer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-fuzz-'))
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const path = join(folder, 'valid.parquet')
  await connection.run(`COPY (
    SELECT 'u' || range AS userId, 'd' || range AS docId, TIMESTAMP '2020-01-01' AS timestamp, 'text ' || range AS text
    FROM range(20)) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  parquet = await readFile(path)
})
afterAll(() => rm(folder, { recursive: true }))

/**
 * Reads whatever the file holds. Each reading is a record or says what is wrong with it, and what ends the file is an error that
 * a user can do something about.
 */
async function readAnything(name: string, content: Buffer, maxBytes: number): Promise<number> {
  const path = join(folder, name)
  await writeFile(path, content)
  let readings = 0
  let raw = 0
  const onRaw = (chunk: Buffer) => {
    raw += chunk.length
  }
  try {
    for (const [fields, parse] of [
      [documentFields, parseDocument],
      [requestFields, parseRequest],
    ] as const) {
      let line = 1
      for await (const some of readValues(path, { fields, onRaw, maxBytes })) {
        for (const reading of some) {
          expect(reading.line).toBeGreaterThanOrEqual(line)
          line = reading.line
          const parsed = 'fault' in reading ? reading : parse(reading.value)
          if ('fault' in parsed) expect(parsed.fault.reason).not.toBe('')
          else expect(JSON.parse(JSON.stringify(parsed.record))).toEqual(parsed.record)
          readings += 1
        }
      }
    }
    expect(raw).toBe(2 * content.length)
  } catch (error) {
    if (!(error instanceof IdiolectError)) throw error
    expect(errorCodes[error.code].user, error.message).toBe(true)
  }
  return readings
}

const names = fc.constantFrom('a.jsonl', 'a.json', 'a.csv', 'a.tsv', 'a.csv.gz', 'a.txt', 'a')
const maxBytes = fc.constantFrom(10, 200, 100_000)

/** Pieces of which bad files are made. */
const scrap = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      '""',
      '\\',
      ',',
      ';',
      '\t',
      ':',
      '\n',
      '\r',
      '\r\n',
      ' ',
      '\ufeff',
      '\0',
      '\ud83d',
    )
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom('{"golds":[', '{"task":"LaMP-1","golds":[', '],"task":"x"}', 'userId,docId', 'PAR1', '1e999')
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom([0x1f, 0x8b], [0xff, 0xfe], [0xfe, 0xff], [0xc3], [0xed, 0xa0, 0x80])
    .map((bytes) => Buffer.from(bytes)),
)

interface Change {
  /** Of the file's length. */
  at: number
  cut: number
  insert: Buffer
}
const changes = fc.array(
  fc.record<Change>({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(30), insert: scrap }),
  { minLength: 1, maxLength: 4 },
)

function changed(file: Buffer, list: readonly Change[]): Buffer {
  return list.reduce((bytes, { at, cut, insert }) => {
    const from = Math.floor(at * bytes.length)
    return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + cut)])
  }, file)
}

const row = (index: number) => ({
  userId: `u${index}`,
  docId: index,
  timestamp: '2020-01-01',
  title: 't',
  text: 'a "b"\nc',
})
const rows = Array.from({ length: 8 }, (_, index) => row(index))
const lines = rows.map((each) => JSON.stringify(each)).join('\n')
const table = [
  'userId,docId,timestamp,title,text',
  ...rows.map(({ userId }) => `${userId},1,2020,t,"a ""b""\nc"`),
].join('\r\n')

const valid: [format: string, name: string, content: () => Buffer, readings: number][] = [
  ['JSON Lines', 'a.jsonl', () => Buffer.from(lines), 16],
  ['a JSON array', 'a.json', () => Buffer.from(JSON.stringify(rows, null, 1)), 16],
  ['LaMP’s object', 'a.json', () => Buffer.from(JSON.stringify({ task: 'LaMP-1', golds: rows })), 16],
  ['CSV', 'a.csv', () => Buffer.from(table), 16],
  ['UTF-16', 'a.jsonl', () => Buffer.from(`\ufeff${lines}`, 'utf16le'), 16],
  ['gzip', 'a.jsonl.gz', () => Buffer.concat([gzipSync(lines), gzipSync(`\n${lines}`)]), 32],
  ['Parquet', 'a.parquet', () => parquet, 40],
]

describe('whatever a file holds, each record is good or says what is wrong, or the file does', () => {
  it('any bytes', async () => {
    const content = fc.array(scrap, { maxLength: 40 }).map((parts) => Buffer.concat(parts))
    await fc.assert(
      fc.asyncProperty(names, content, maxBytes, async (...file) => void (await readAnything(...file))),
      { numRuns: 400 },
    )
  })

  it('any packed bytes', async () => {
    const content = fc.array(scrap, { maxLength: 40 }).map((parts) => gzipSync(Buffer.concat(parts)))
    await fc.assert(
      fc.asyncProperty(names, content, maxBytes, async (...file) => void (await readAnything(...file))),
      { numRuns: 100 },
    )
  })

  it.each(valid)('%s with bytes lost, added and changed', async (_format, name, content, readings) => {
    expect(await readAnything(name, content(), 100_000)).toBe(readings)
    await fc.assert(
      fc.asyncProperty(changes, maxBytes, async (list, limit) => {
        await readAnything(name, changed(content(), list), limit)
      }),
      { numRuns: name === 'a.parquet' ? 60 : 200 },
    )
  })
})
