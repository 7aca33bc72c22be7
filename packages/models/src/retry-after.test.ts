import { expect, test } from 'vitest'

import { retryAfterMs } from './retry-after.ts'

const now = Date.UTC(2024, 0, 1, 12)

test.each<[string | string[] | undefined, number]>([
  ['7', 7000],
  ['0.5', 500],
  [['3', '9'], 3000],
  ['Mon, 01 Jan 2024 12:00:30 GMT', 30_000],
  ['Mon, 01 Jan 2024 11:00:00 GMT', 0],
  [undefined, 0],
  ['', 0],
  ['soon', 0],
])('%j asks for %i ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms)
})
