import fc from 'fast-check'
import { expect, it } from 'vitest'

import { readingFolder } from './readings-for-tests.ts'

const { read, outcomes } = readingFolder()

const header = 'userId,docId,timestamp,title,text'

it('reads quotes, doubled quotes and line breaks within them', async () => {
  const readings = await read('quotes.csv', `${header}\na,1,2020,"t, u","he said ""no""\nand left"\nb,2,2021,,plain\n`)
  expect(readings).toEqual([
    { line: 2, value: { userId: 'a', docId: '1', timestamp: '2020', title: 't, u', text: 'he said "no"\nand left' } },
    { line: 4, value: { userId: 'b', docId: '2', timestamp: '2021', title: '', text: 'plain' } },
  ])
})

it.each([
  [';', 'semi.csv'],
  ['\t', 'tabs.tsv'],
])('finds out that fields are parted by %j', async (delimiter, name) => {
  const rows = [header.split(','), ['a', '1', '2020-01-01', 't', 'one, two']]
  expect(await outcomes(name, rows.map((row) => row.join(delimiter)).join('\n'))).toEqual([[2, 'ok']])
})

it.each<[string, string]>([
  ['invalid_csv', 'a,1,2020'],
  ['invalid_csv', 'a,1,2020,t,text,more'],
  ['invalid_csv', 'a,1,2020,t,"text" and more'],
  ['invalid_csv', 'a,1,2020,t,"never closed'],
  ['invalid_timestamp', 'a,1,soon,t,text'],
  ['missing_field', ',1,2020,t,text'],
  ['empty_text', 'a,1,2020,t,'],
])('gives up a bad row as %s and reads the rows around it', async (code, row) => {
  const content = [header, 'u,1,2020,t,text', row, 'u,2,2020,"t","text"', 'u,3,2020,t,text', ''].join('\r\n')
  expect(await outcomes('bad.csv', content)).toEqual([
    [2, 'ok'],
    [3, code],
    [4, 'ok'],
    [5, 'ok'],
  ])
})

it('gives up every row of a file without a needed column', async () => {
  expect(await outcomes('missing.csv', 'userId,timestamp,text\nu,2020,x\n')).toEqual([[2, 'missing_field']])
})

it('reads back whatever was written with quotes', async () => {
  const field = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\r', ''))
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 5 }), async (rows) => {
      const lines = [['userId', 'text'], ...rows].map((row) => row.map(quoted).join(','))
      const readings = await read('any.csv', lines.join('\n'))
      expect(readings.map((reading) => 'value' in reading && reading.value)).toEqual(
        rows.map(([userId, text]) => ({ userId, text })),
      )
    }),
    { numRuns: 60 },
  )
})

it('gives a record up that goes on over too many lines, however short they are', async () => {
  const open = `${header}\nu,1,2020,t,"never closed${'\n'.repeat(1000)}u,2,2020,t,text`
  expect(await outcomes('long.csv', open, 10_000)).toEqual([
    [2, 'line_too_long'],
    [1002, 'ok'],
  ])
  expect(await outcomes('long.csv', open, 200_000)).toEqual([
    [2, 'invalid_csv'],
    [1002, 'ok'],
  ])
})

it('reads as many lines at once as a piece of a file can hold', async () => {
  expect(await outcomes('blank.csv', `${header}${'\n'.repeat(300_000)}u,1,2020,t,text`)).toEqual([[300_001, 'ok']])
})
