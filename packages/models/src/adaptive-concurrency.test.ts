import { expect, test } from 'vitest'

import { adaptiveConcurrency } from './adaptive-concurrency.ts'

/** `rounds` rounds of as many requests as the limit allows, each with the same outcome. */
async function rounds(count: number, outcome: 'succeeded' | 'overloaded', limits: { start: number; max: number }) {
  const concurrency = adaptiveConcurrency(limits)
  const seen: number[] = []
  for (let round = 0; round < count; round += 1) {
    const places = concurrency.limit()
    for (let place = 0; place < places; place += 1) await concurrency.enter()
    const sent = Array.from({ length: places }, () => concurrency.sent())
    for (const request of sent) request[outcome]()
    for (let place = 0; place < places; place += 1) concurrency.leave()
    seen.push(concurrency.limit())
  }
  return seen
}

test('a server that answers gets one request more a round, up to the maximum', async () => {
  expect(await rounds(4, 'succeeded', { start: 2, max: 4 })).toEqual([2, 3, 4, 4])
})

test('a burst that is refused halves the limit once, down to one', async () => {
  expect(await rounds(5, 'overloaded', { start: 16, max: 64 })).toEqual([8, 4, 2, 1, 1])
})

test('a server that is asked for little is not thought to bear more', async () => {
  const concurrency = adaptiveConcurrency({ start: 4, max: 8 })
  for (let i = 0; i < 100; i += 1) {
    await concurrency.enter()
    concurrency.sent().succeeded()
    concurrency.leave()
  }
  expect(concurrency.limit()).toBe(4)
})

test('no more than the limit are inside, and those who wait come in their order', async () => {
  const concurrency = adaptiveConcurrency({ start: 2, max: 2 })
  const entered: number[] = []
  const all = [0, 1, 2, 3].map(async (i) => {
    await concurrency.enter()
    entered.push(i)
  })
  await all[1]
  expect(entered).toEqual([0, 1])
  concurrency.leave()
  await all[2]
  expect(entered).toEqual([0, 1, 2])
  concurrency.leave()
  await all[3]
})

test('who gives up while waiting does not take a place', async () => {
  const concurrency = adaptiveConcurrency({ start: 1, max: 1 })
  await concurrency.enter()
  const abort = new AbortController()
  const gaveUp = concurrency.enter(abort.signal)
  const next = concurrency.enter()
  abort.abort(new Error('enough'))
  await expect(gaveUp).rejects.toThrow('enough')
  concurrency.leave()
  await next
})
