import fc from 'fast-check'
import { expect, test } from 'vitest'

import { compareRows } from './compare-rows.ts'
import { comparisonCsv, csvField } from './comparison-csv.ts'
import { comparedRow, stream } from './fixtures/compared-rows.ts'

/** One field as RFC 4180 reads it. */
function read(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field
}

test('a field reads back as it was, and does not break its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ') }), (text) => {
      const field = csvField(text)
      expect(read(field)).toBe(text)
      expect(/[",\r\n]/.test(field) && !field.startsWith('"')).toBe(false)
    }),
  )
  expect([csvField(null), csvField(undefined), csvField(0.5)]).toEqual(['', '', '0.5'])
})

test('there is a row a method and part, and a field a column', async () => {
  const rows = ['t0', 't1', 't2'].flatMap((id) => [comparedRow(id, 'RecentDoc'), comparedRow(id, '+SumCtx')])
  const { comparison } = await compareRows(stream(rows), {
    asked: ['RecentDoc', '+SumCtx'],
    baseline: 'RecentDoc',
    shown: 0,
    seed: 1,
    authorship: null,
  })
  const lines = comparisonCsv(comparison).trimEnd().split('\n')
  const fields = lines.map((line) => line.split(','))
  expect(fields.map((row) => row.slice(0, 2).join())).toEqual([
    'method,part',
    'RecentDoc,whole',
    'RecentDoc,continuation',
    '+SumCtx,whole',
    '+SumCtx,continuation',
  ])
  expect(new Set(fields.map((row) => row.length)).size).toBe(1)
  const p = fields[0]!.indexOf('rougeL_p')
  expect([fields[1]![p], fields[3]![p]]).toEqual(['', '1'])
})
