import type { Author } from '@idiolect/contracts/records'
import { expect, test } from 'vitest'

import { readProfiles } from './author-profiles.ts'
import { stream } from './fixtures/compared-rows.ts'

/** The n-th document is a direction of its own. */
const dimensions = 20
function embedding() {
  const calls: string[][] = []
  const embed = async (texts: string[]) => {
    calls.push(texts)
    return texts.map((text) =>
      Float32Array.from({ length: dimensions }, (_, at) => (at === Number(/\d+/.exec(text)?.[0] ?? 0) ? 1 : 0)),
    )
  }
  return { calls, embed }
}

function author(userId: string, documents: number, histories: [number, number][]): Author {
  return {
    userId,
    documents: Array.from({ length: documents }, (_, at) => ({
      docId: `d${at}`,
      timestamp: at,
      title: '',
      text: `${at} ${'x'.repeat(2000)}`,
    })),
    targets: histories.map((history, at) => ({
      ordinal: at,
      id: `${userId}/${at}`,
      userId,
      timestamp: history[1],
      method: 'RecentDoc',
      context: 'Dear all, ',
      reference: 'Dear all, 7 trains',
      history,
    })),
  }
}

test('a profile is the direction of the last ten documents before the target', async () => {
  const { embed } = embedding()
  const histories: [number, number][] = [
    [0, 3],
    [0, 15],
    [10, 15],
  ]
  const profiles = await readProfiles(stream([author('u', 15, histories)]), embed)
  const directionOf = (from: number, to: number) =>
    Array.from({ length: dimensions }, (_, at) => (at >= from && at < to ? Math.fround(1 / Math.sqrt(to - from)) : 0))
  expect([...profiles.get('u/0')!.past]).toEqual(directionOf(0, 3))
  expect([...profiles.get('u/1')!.past]).toEqual(directionOf(5, 15))
  expect([...profiles.get('u/2')!.past]).toEqual(directionOf(10, 15))
})

test('every document is embedded once, alone, and no further than a model reads', async () => {
  const { calls, embed } = embedding()
  await readProfiles(
    stream([
      author('u', 15, [
        [0, 3],
        [0, 14],
        [0, 15],
      ]),
    ]),
    embed,
  )
  const ofDocuments = calls.filter(([text]) => text!.includes('x'))
  expect(calls.every((texts) => texts.length === 1)).toBe(true)
  expect(ofDocuments).toHaveLength(14)
  expect(Math.max(...ofDocuments.map(([text]) => text!.length))).toBe(1000)
})

test('the truth is what follows the start', async () => {
  const { calls, embed } = embedding()
  const profiles = await readProfiles(stream([author('u', 2, [[0, 2]])]), embed)
  expect(calls.flat()).toContain('7 trains')
  expect(profiles.get('u/0')!.truth![7]).toBe(1)
  const none = author('v', 2, [[0, 2]])
  delete none.targets[0]!.reference
  expect((await readProfiles(stream([none]), embed)).get('v/0')!.truth).toBeNull()
})
