import { expect, test } from 'vitest'

import { seedFor } from './seed.ts'

test('a seed is the first 32 bits of the hash of run seed, record and stage', () => {
  // printf '[17,"u/1","generate"]' | sha256sum
  expect(seedFor(17, 'u/1', 'generate').toString(16).padStart(8, '0')).toBe('2c87b734')
})

test('every one of run seed, record and stage changes the seed', () => {
  const seeds = [seedFor(1, 'a', 'b'), seedFor(2, 'a', 'b'), seedFor(1, 'ab', ''), seedFor(1, '', 'ab')]
  expect(new Set(seeds).size).toBe(4)
})
