import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import { corpusFolder, start, textOf } from './corpus-for-tests.ts'
import { ingest } from './ingest.ts'

const folder = corpusFolder()

let made = 0
function next(): string {
  made += 1
  return String(made)
}

/** A line of JSON like no other, with changes. */
const line = (changes: object = {}) =>
  JSON.stringify({ userId: 'u', docId: `d${next()}`, timestamp: start, text: textOf(next()), ...changes })

const header = 'userId,docId,timestamp,title,text'

/** A row of CSV like no other. */
const csv = (text = textOf(next(), 5)) => `u,c${next()},2020-01-01,title,${text}`

const bytes = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)))
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')
const damaged = (data: Buffer, from: number) => Buffer.from(data).fill(0x55, from, from + 20)
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** What is bad, a file that holds it between good records, and what becomes of each record: `ok` or why it cannot be used. */
const records: [kind: string, file: string, content: string | Buffer, becomes: string][] = [
  ['a byte order mark', 'mark.jsonl', `\ufeff${line()}\n${line()}`, 'ok ok'],
  ['a byte order mark within the file', 'marks.jsonl', `${line()}\n\ufeff${line()}\n${line()}`, 'ok invalid_json ok'],
  ['CR alone', 'cr.jsonl', [line(), '{', line()].join('\r'), 'ok invalid_json ok'],
  ['line ends of every kind', 'ends.jsonl', `${line()}\n\r\n${line()}\r${line()}\n\r${line()}`, 'ok ok ok ok'],
  ['other line separators within a text', 'separators.jsonl', line({ text: 'a\u2028b\u2029c\u0085d\u000be' }), 'ok'],
  ['UTF-16, little endian', 'le.jsonl', utf16(`${line()}\n${line()}`), 'ok ok'],
  ['UTF-16, big endian', 'be.jsonl', utf16(`${line()}\n${line()}`).swap16(), 'ok ok'],
  [
    'UTF-16 without a mark',
    'bare.jsonl',
    bytes(line(), '\n', utf16('{}').subarray(2), '\n', line()),
    'ok invalid_json ok',
  ],
  ['half a character of UTF-16', 'half.jsonl', utf16(`${line()}\n"\ud83d"\n${line()}`), 'ok invalid_encoding ok'],
  ['UTF-16 that ends within a unit', 'odd.jsonl', bytes(utf16(line()), Buffer.of(0x20)), 'ok'],
  [
    'invalid UTF-8',
    'utf8.jsonl',
    bytes(line(), '\n{"a":"', Buffer.of(0xc3, 0x28), '"}\n', line()),
    'ok invalid_encoding ok',
  ],
  ['overlong UTF-8', 'overlong.jsonl', bytes('{"a":"', Buffer.of(0xc0, 0xaf), '"}\n', line()), 'invalid_encoding ok'],
  [
    'a surrogate in UTF-8',
    'cesu.jsonl',
    bytes('{"a":"', Buffer.of(0xed, 0xa0, 0xbd), '"}\n', line()),
    'invalid_encoding ok',
  ],
  ['Latin-1', 'latin1.jsonl', Buffer.from(`${line()}\n{"a":"é"}\n${line()}`, 'latin1'), 'ok invalid_encoding ok'],
  ['NUL bytes', 'nul.jsonl', `${line()}\n\0\0\0\n${line()}`, 'ok invalid_json ok'],
  ['gzip under another name', 'packed.jsonl', gzipSync(`${line()}\n${line()}`), 'ok ok'],
  ['another thing under the name of gzip', 'plain.jsonl.gz', `${line()}\n${line()}`, 'ok ok'],
  [
    'members that part a record',
    'members.jsonl.gz',
    bytes(gzipSync(`${line()}\n{"user`), gzipSync(`Id":1}\n${line()}`)),
    'ok missing_field ok',
  ],
  ['zeros after the gzip data', 'zeros.jsonl.gz', bytes(gzipSync(line()), Buffer.alloc(600)), 'ok'],
  [
    'gzip within gzip',
    'twice.jsonl.gz',
    bytes(gzipSync(gzipSync(line(), { level: 0 })), gzipSync(`\n${line()}`)),
    'invalid_encoding ok',
  ],
  ['an array under the name of lines', 'array.jsonl', `[${line()}]\n${line()}`, 'not_an_object ok'],
  ['lines under the name of an array', 'lines.json', `${line()}\n${line()}`, 'ok ok'],
  ['an array with a comma too many', 'comma.json', `[${line()},,${line()},]`, 'ok ok'],
  ['something after the array', 'after.json', `[${line()}] and so on`, 'ok invalid_json'],
  ['an array after the array', 'arrays.json', `[${line()}][${line()}]`, 'ok not_an_object'],
  ['an array that nothing is within', 'none.json', '[]', ''],
  [
    'NaN and Infinity',
    'nan.jsonl',
    `{"timestamp":NaN}\n{"timestamp":Infinity}\n${line()}`,
    'invalid_json invalid_json ok',
  ],
  [
    'quotes of other languages',
    'quotes.jsonl',
    `{'userId':'u'}\n{userId:"u"}\n${line()}`,
    'invalid_json invalid_json ok',
  ],
  [
    'deep nesting beside the fields',
    'deep.jsonl',
    `${line().slice(0, -1)},"x":${nested(100_000)}}\n${line()}`,
    'ok ok',
  ],
  ['deep nesting in a field', 'field.jsonl', `{"userId":${nested(100_000)}}\n${line()}`, 'wrong_type ok'],
  [
    'deep nesting alone',
    'nested.jsonl',
    `${nested(100_000)}\n${'['.repeat(100_000)}\n${line()}`,
    'not_an_object invalid_json ok',
  ],
  ['deep nesting in an array', 'elements.json', `[${nested(100_000)},${line()}]`, 'not_an_object ok'],
  ['a key twice', 'twice.jsonl', `${line().slice(0, -1)},"text":"the last one counts"}`, 'ok'],
  ['keys of every object', 'proto.jsonl', `{"__proto__":${line()}}\n${line({ constructor: 1 })}`, 'missing_field ok'],
  [
    'times that do not exist',
    'never.jsonl',
    ['2023-02-29', '2020-13-01', '2020-01-01T25:00Z', '2020-01-01T23:59:60Z']
      .map((timestamp) => line({ timestamp }))
      .join('\n'),
    'invalid_timestamp '.repeat(4),
  ],
  [
    'times that are read in two ways',
    'twofold.jsonl',
    ['01/02/2020', '1.2.2020', '20-01-02', 'Jan 2 2020', '10:30'].map((timestamp) => line({ timestamp })).join('\n'),
    'invalid_timestamp '.repeat(5),
  ],
  [
    'times beyond the calendar',
    'beyond.jsonl',
    ['10000-01-01', '-0001-01-01', 1e300, -1e15, 'NaN', ''].map((timestamp) => line({ timestamp })).join('\n'),
    'invalid_timestamp '.repeat(6),
  ],
  [
    'times to come',
    'future.jsonl',
    ['9999-12-31T23:59:59Z', 4_102_444_800].map((timestamp) => line({ timestamp })).join('\n'),
    'ok ok',
  ],
  [
    'times of another type',
    'types.jsonl',
    [true, [2020], { at: 1 }, null].map((timestamp) => line({ timestamp })).join('\n'),
    'wrong_type wrong_type wrong_type missing_field',
  ],
  ['lone surrogates', 'lone.jsonl', `${line({ text: 'a\ud800b' })}\n${line({ userId: '\udc00' })}`, 'ok ok'],
  [
    'a text of spaces',
    'blank.jsonl',
    `${line({ text: ' \u00a0\u3000\n' })}\n${line({ text: '' })}`,
    'empty_text empty_text',
  ],
  [
    'texts over the limit',
    'long.jsonl',
    `${line({ text: `${next()} ${'x'.repeat(1_000_000)}` })}\n${line({ title: 'x'.repeat(1_000_000) })}`,
    'text_too_long text_too_long',
  ],
  ['a text at the limit', 'limit.jsonl', line({ text: 'é'.repeat(1_000_000) }), 'ok'],
  [
    'ids over the limit',
    'ids.jsonl',
    `${line({ userId: 'x'.repeat(10_001) })}\n${line({ docId: 'x'.repeat(10_000) })}`,
    'id_too_long ok',
  ],
  ['a line over the limit', 'line.jsonl', `${line({ more: 'x'.repeat(16_777_216) })}\n${line()}`, 'line_too_long ok'],
  [
    'CSV with a quote that is never closed',
    'open.csv',
    `${header}\n${csv()}\n${csv('"never')}\n${csv()}\n${csv()}`,
    'ok invalid_csv ok ok',
  ],
  ['CSV with text behind a quote', 'behind.csv', `${header}\n${csv('"one" two')}\n${csv()}`, 'invalid_csv ok'],
  ['CSV with quotes within a field', 'within.csv', `${header}\n${csv('an "odd" one')}\n${csv()}`, 'ok ok'],
  [
    'CSV with another number of fields',
    'fields.csv',
    `${header}\n${csv()},more\nu,2020\n${csv()}`,
    'invalid_csv invalid_csv ok',
  ],
  ['CSV without a header', 'headless.csv', `${csv()}\n${csv()}`, 'missing_field'],
  ['CSV with CR alone', 'cr.csv', `${header}\r${csv('"a\rb"')}\r${csv()}`, 'ok ok'],
  ['CSV in UTF-16', 'utf16.csv', utf16(`${header}\r\n${csv()}\r\n`), 'ok'],
  ['CSV with a blank line after an open quote', 'blanks.csv', `${header}\n${csv('"a\n\n\nb"')}\n\n${csv()}`, 'ok ok'],
]

/** Files of which nothing can be used, and the error that ends the command. */
const files: [kind: string, file: string, content: string | Buffer, code: string][] = [
  ['an empty file', 'empty.jsonl', '', 'input_unusable'],
  ['a file of spaces', 'spaces.json', ' \n\t'.repeat(1000), 'input_unusable'],
  ['an image', 'image.jsonl', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'input_unusable'],
  ['gzip data that end early', 'cut.jsonl.gz', gzipSync(line()).subarray(0, -9), 'input_truncated'],
  ['the first bytes of gzip alone', 'begun.jsonl.gz', Buffer.of(0x1f, 0x8b), 'input_truncated'],
  [
    'a second member that ends early',
    'second.jsonl.gz',
    bytes(gzipSync(line()), gzipSync(line()).subarray(0, -9)),
    'input_truncated',
  ],
  ['damaged gzip data', 'damaged.jsonl.gz', damaged(gzipSync(line()), 20), 'input_unusable'],
  ['lines after gzip data', 'mixed.jsonl.gz', bytes(gzipSync(line()), line()), 'input_unusable'],
  [
    'lines after gzip data and zeros',
    'apart.jsonl.gz',
    bytes(gzipSync(line()), Buffer.alloc(9), line()),
    'input_unusable',
  ],
  ['an array that is not closed', 'cut.json', `[${line()},${line()}`, 'input_truncated'],
  ['LaMP’s object that is not closed', 'cut-golds.json', `{"task":"LaMP-1","golds":[${line()},`, 'input_truncated'],
  ['half a Parquet file', 'half.parquet', 'PAR1 and no more', 'input_unusable'],
  ['Parquet in name alone', 'name.parquet', `${line()}\n`, 'input_unusable'],
  ['a Parquet file without a footer', 'foot.parquet', bytes('PAR1', Buffer.alloc(500), 'PAR1'), 'input_unusable'],
]

describe('records that cannot be used stop nothing', () => {
  it.each(records)('%s', async (_kind, file, content, becomes) => {
    const expected = becomes.trim() === '' ? [] : becomes.trim().split(' ')
    // One that is always good, so that there is something to go on with.
    await writeFile(folder.path('good.jsonl'), line())
    await writeFile(folder.path(file), content)
    const corpus = await ingest(folder.options(['good.jsonl', file]))
    const { read, rejected, duplicates, repeated, documents } = corpus.counts
    const codes = (await folder.rejects()).map(({ code }) => code)
    expect(codes.toSorted()).toEqual(expected.filter((each) => each !== 'ok').toSorted())
    expect({ read, documents }).toEqual({
      read: 1 + expected.length,
      documents: 1 + expected.filter((each) => each === 'ok').length,
    })
    expect(rejected + duplicates + repeated + documents).toBe(read)
    await corpus.close()
  })
})

describe('files that cannot be used end the command with their reason', () => {
  it.each(files)('%s', async (_kind, file, content, code) => {
    await writeFile(folder.path(file), content)
    await expect(ingest(folder.options([file]))).rejects.toMatchObject({ code })
  })
})
