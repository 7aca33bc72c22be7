import { createHash } from 'node:crypto'

import type { Config } from './config.ts'

export const splits = ['train', 'validation', 'test'] as const
export type Split = (typeof splits)[number]

/** METHOD "The task": the user's part of the data, by a seeded hash of the id, so that neither input order nor other users matter. */
export function splitOf(userId: string, { seed, split }: Pick<Config, 'seed' | 'split'>): Split {
  const place = drawFor([seed, 'split', userId])
  if (place < split.train) return 'train'
  return place < split.train + split.validation ? 'validation' : 'test'
}

/**
 * METHOD "Summarize": whether the user belongs to the half of the training users that Su and Sy learn from, so that the generator
 * sees honest summaries and words on the other half.
 */
export function teachesSelectors(userId: string, config: Pick<Config, 'seed' | 'split'>): boolean {
  return splitOf(userId, config) === 'train' && drawFor([config.seed, 'selectors', userId]) < 0.5
}

/** A number in [0, 1) that follows from the key alone: the first 48 bits of its SHA-256. */
export function drawFor(key: readonly (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(key)).digest().readUIntBE(0, 6) / 2 ** 48
}
