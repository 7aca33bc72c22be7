import { gzipSync } from 'node:zlib'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseDocument } from './parse-record.ts'
import { readingFolder } from './readings-for-tests.ts'

const { read, outcomes } = readingFolder()

const good = { userId: 'u', docId: 'd', timestamp: '2020-01-01', title: 't', text: 'hello' }
const goodLine = JSON.stringify(good)

describe('JSON Lines', () => {
  const invalidUtf8 = Buffer.concat([Buffer.from('{"userId":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')])
  it.each<[string, string | Buffer]>([
    ['invalid_json', '{"userId":'],
    ['invalid_json', 'no json at all'],
    ['not_an_object', '[1,2]'],
    ['not_an_object', 'null'],
    ['not_an_object', '"text"'],
    ['missing_field', JSON.stringify({ ...good, userId: undefined })],
    ['missing_field', JSON.stringify({ ...good, docId: null })],
    ['missing_field', JSON.stringify({ ...good, docId: '' })],
    ['missing_field', JSON.stringify({ ...good, timestamp: undefined })],
    ['wrong_type', JSON.stringify({ ...good, userId: { id: 1 } })],
    ['wrong_type', JSON.stringify({ ...good, userId: true })],
    ['wrong_type', '{"userId":12345678901234567890,"docId":"d","timestamp":0,"text":"x"}'],
    ['wrong_type', JSON.stringify({ ...good, timestamp: [2020] })],
    ['wrong_type', JSON.stringify({ ...good, title: 7 })],
    ['wrong_type', JSON.stringify({ ...good, text: ['a'] })],
    ['invalid_timestamp', JSON.stringify({ ...good, timestamp: 'yesterday' })],
    ['invalid_timestamp', JSON.stringify({ ...good, timestamp: '2020-02-30' })],
    ['invalid_timestamp', JSON.stringify({ ...good, timestamp: '' })],
    ['empty_text', JSON.stringify({ ...good, text: '' })],
    ['empty_text', JSON.stringify({ ...good, text: ' \n\t' })],
    ['invalid_encoding', invalidUtf8],
    ['line_too_long', JSON.stringify({ ...good, text: 'x'.repeat(2000) })],
  ])('gives up a bad line as %s and reads the lines around it', async (code, line) => {
    const content = Buffer.concat([
      Buffer.from(`${goodLine}\n`),
      Buffer.from(line as string),
      Buffer.from(`\n${goodLine}\n`),
    ])
    expect(await outcomes('bad.jsonl', content, 1000)).toEqual([
      [1, 'ok'],
      [2, code],
      [3, 'ok'],
    ])
  })

  it('takes numbers as ids, leaves out the title and ignores other keys', async () => {
    const [reading] = await read(
      'numbers.jsonl',
      '{"userId":7,"docId":12,"timestamp":1577836800,"text":"x","extra":{}}',
    )
    expect(parseDocument((reading as { value: unknown }).value)).toEqual({
      record: { userId: '7', docId: '12', timestamp: Date.UTC(2020, 0), title: '', text: 'x' },
    })
  })

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('numbers lines that end in %s, blank ones included', async (_name, end) => {
    const content = [goodLine, '', goodLine, 'bad'].join(end)
    expect(await outcomes('ends.jsonl', content)).toEqual([
      [1, 'ok'],
      [3, 'ok'],
      [4, 'invalid_json'],
    ])
  })

  it('does not quote the text of a bad line in its reason', async () => {
    const lines = [`{"userId":"secret`, JSON.stringify({ ...good, timestamp: 'secret' }), '"secret"']
    const readings = await read('secret.jsonl', lines.join('\n'))
    const reasons = readings.map((reading) => ('fault' in reading ? reading : parseDocument(reading.value)))
    expect(reasons).toHaveLength(3)
    expect(JSON.stringify(reasons)).not.toContain('secret')
  })
})

describe('encodings', () => {
  const text = 'naïve 漢字 😀 שלום'
  const line = `${JSON.stringify({ ...good, text })}\n`
  const bigEndian = (value: string) => Buffer.from(value, 'utf16le').swap16()
  it.each<[string, string, Buffer]>([
    ['UTF-8', 'e.jsonl', Buffer.from(line)],
    ['UTF-8 with a mark', 'e.jsonl', Buffer.from(`\ufeff${line}`)],
    ['UTF-16, little endian', 'e.jsonl', Buffer.from(`\ufeff${line}`, 'utf16le')],
    ['UTF-16, big endian', 'e.jsonl', bigEndian(`\ufeff${line}`)],
    ['gzip under any name', 'e.txt', gzipSync(line)],
    ['gzip of several members', 'e.jsonl.gz', Buffer.concat([gzipSync(line.slice(0, 20)), gzipSync(line.slice(20))])],
    ['UTF-16 within gzip', 'e.gz', gzipSync(Buffer.from(`\ufeff${line}`, 'utf16le'))],
    ['an array with a mark', 'e.json', Buffer.from(`\ufeff [${line}]`)],
    [
      'CSV with a mark',
      'e.csv',
      Buffer.from(`\ufeffuserId,docId,timestamp,title,text\r\nu,d,2020-01-01,t,${text}\r\n`),
    ],
  ])('reads %s', async (_name, file, content) => {
    const readings = await read(file, content)
    expect(readings).toHaveLength(1)
    expect(parseDocument((readings[0] as { value: unknown }).value)).toMatchObject({ record: { text } })
  })

  it('gives up only the line of UTF-16 that holds half a character', async () => {
    const content = Buffer.from(`\ufeff${goodLine}\n"\ud83d"\n${goodLine}\n`, 'utf16le')
    expect(await outcomes('half.jsonl', content)).toEqual([
      [1, 'ok'],
      [2, 'invalid_encoding'],
      [3, 'ok'],
    ])
  })
})

describe('files as a whole', () => {
  it('says that gzip data end early', async () => {
    const packed = gzipSync(`${goodLine}\n`.repeat(1000))
    await expect(read('cut.jsonl.gz', packed.subarray(0, packed.length - 20))).rejects.toMatchObject({
      code: 'input_truncated',
    })
  })

  it('says that gzip data are damaged', async () => {
    const packed = Buffer.from(gzipSync(`${goodLine}\n`.repeat(10)))
    packed.fill(0x55, 12, 40)
    await expect(read('damaged.gz', packed)).rejects.toMatchObject({ code: 'input_unusable' })
  })

  it('says that an array is not closed', async () => {
    await expect(read('cut.json', `[${goodLine},${goodLine}`)).rejects.toMatchObject({ code: 'input_truncated' })
  })

  it('says that a Parquet file is not whole', async () => {
    await expect(read('cut.parquet', 'PAR1 and nothing more')).rejects.toMatchObject({ code: 'input_unusable' })
  })

  it('reads nothing from an empty file', async () => {
    expect(await read('empty.jsonl', '')).toEqual([])
  })

  it('reads a document of a million characters', async () => {
    const text = 'wörd '.repeat(199_999)
    const [reading] = await read('large.json', JSON.stringify([{ ...good, text }]))
    expect(parseDocument((reading as { value: unknown }).value)).toMatchObject({ record: { text } })
  })
})

describe('JSON array', () => {
  it('gives up bad elements alone and numbers each by the line it begins on', async () => {
    const pretty = JSON.stringify(good, null, 1)
    const content = `[\n${pretty},\n{"userId": oops},\n\n3, ${goodLine}\n]\n`
    expect(await outcomes('array.json', content)).toEqual([
      [2, 'ok'],
      [9, 'invalid_json'],
      [11, 'not_an_object'],
      [11, 'ok'],
    ])
  })

  it('recovers at the end of the line from a string that is not closed', async () => {
    const content = `[${goodLine},\n{"userId":"open},\n${goodLine},\n{\n"userId": "open,\n"docId": "d"\n},\n${goodLine}]`
    expect(await outcomes('open.json', content)).toEqual([
      [1, 'ok'],
      [2, 'invalid_json'],
      [3, 'ok'],
      [4, 'invalid_json'],
      [6, 'invalid_json'],
      [8, 'ok'],
    ])
  })

  it('gives the values of any array in any layout, however the file is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.integer({ min: 0, max: 2 }),
        async (values, indent) => {
          const readings = await read('any.json', JSON.stringify(values, null, indent))
          expect(readings.map((reading) => ('value' in reading ? reading.value : 'fault'))).toEqual(
            JSON.parse(JSON.stringify(values)),
          )
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('bombs', () => {
  const member = gzipSync(Buffer.alloc(16_777_216, 'x'))

  it('passes over a line of 512 MB that 0.5 MB of gzip data unpack to, without holding it', async () => {
    const packed = Buffer.concat([
      gzipSync(`${goodLine}\n`),
      ...Array.from({ length: 32 }, () => member),
      gzipSync(`\n${goodLine}`),
    ])
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 10)
    const found = await outcomes('bomb.jsonl.gz', packed)
    clearInterval(watch)
    expect(found).toEqual([
      [1, 'ok'],
      [2, 'line_too_long'],
      [3, 'ok'],
    ])
    // Up to the limit of 16 MB, pieces that wait to be collected, and as much again; the line itself is 512 MB.
    expect(peak - before).toBeLessThan(256_000_000)
  })

  it('does not wait for the first character behind any number of spaces', async () => {
    const packed = gzipSync(Buffer.alloc(50_000_000, ' '))
    expect(await outcomes('spaces.json.gz', packed)).toEqual([[1, 'line_too_long']])
  })
})
