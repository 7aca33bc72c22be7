import { expect, test } from 'vitest'

import { compactCount, count, duration, percent, rate, shortTime } from './figures.ts'

test('a time left has two units at most and never claims less than there is', () => {
  expect([0.2, 59.1, 185, 3599.5, 7799, 86_400, 356_000].map(duration)).toEqual([
    '1 s',
    '1 min 0 s',
    '3 min 5 s',
    '1 h 0 min',
    '2 h 10 min',
    '1 d 0 h',
    '4 d 3 h',
  ])
  expect(duration(null)).toBe('–')
})

test('a rate keeps three digits or so and tells standing still from not known', () => {
  expect([1234.5, 62.72, 0.416, 0].map(rate)).toEqual(['1,235/s', '62.7/s', '0.42/s', '0/s'])
  expect(rate(null)).toBe('–')
})

test('100 % is all and nothing less', () => {
  expect(percent(1999, 2000)).toBe('99 %')
  expect(percent(2000, 2000)).toBe('100 %')
  expect(percent(0, 0)).toBe('100 %')
})

test('counts are grouped, or shortened where only their size matters', () => {
  expect(count(1_234_567)).toBe('1,234,567')
  expect(compactCount(1_234_567)).toBe('1.23M')
})

test('what a batch takes is told in its own magnitude, and in a short line', () => {
  expect([0.0123, 2.44, 118.2, 601].map(shortTime)).toEqual(['12 ms', '2.4 s', '118 s', '10 min 1 s'])
  expect(shortTime(null)).toBe('–')
})
