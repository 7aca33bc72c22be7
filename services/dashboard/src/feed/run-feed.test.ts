import { EventEmitter, once } from 'node:events'
import { expect, test } from 'vitest'

import { type FeedState, runFeed } from './run-feed.ts'
import type { Seen } from './run-view.ts'

const seen: Seen = { runs: [], workforce: { workers: [], history: {} as Seen['workforce']['history'] } }
const onError = () => undefined

test('twenty subscribers cost one look each time, and none when they have left', async () => {
  const looks = new EventEmitter()
  let looked = 0
  const feed = runFeed({
    read: async () => {
      looked++
      setImmediate(() => looks.emit('done'))
      return seen
    },
    onError,
    everyMs: 1,
  })
  const calls = Array.from({ length: 20 }, () => 0)
  const leave = calls.map((_, index) => feed.subscribe(() => calls[index]!++))
  while (looked < 5) await once(looks, 'done')
  const before = looked
  for (const unsubscribe of leave) unsubscribe()
  expect(calls.every((times) => times === before)).toBe(true)

  const again = once(looks, 'done')
  const leaveAgain = feed.subscribe(() => undefined)
  await again
  leaveAgain()
  expect(looked).toBe(before + 1)
})

test('a silent Redis is reported after the patience, is asked once, and is forgiven when it answers', async () => {
  const answers = new EventEmitter()
  let looked = 0
  const feed = runFeed({
    read: async () => {
      looked++
      await once(answers, 'answer')
      return seen
    },
    onError,
    everyMs: 1,
    patienceMs: 5,
  })
  expect((await feed.current()).answering).toBe(false)
  expect((await feed.current()).answering).toBe(false)
  expect(looked).toBe(1)

  const recovered = new Promise<FeedState>((resolve) => {
    const unsubscribe = feed.subscribe((state) => {
      if (!state.answering) return
      unsubscribe()
      resolve(state)
    })
  })
  answers.emit('answer')
  expect((await recovered).answering).toBe(true)
})

test('a look that fails keeps what was known before and reports why', async () => {
  const errors: unknown[] = []
  let looked = 0
  const read = async () => {
    if (looked++ > 0) throw new Error('gone')
    return seen
  }
  // Nothing is ever fresh enough, so each call looks.
  const feed = runFeed({ read, onError: (error) => errors.push(error), everyMs: -1 })
  const known = await feed.current()
  expect(await feed.current()).toEqual({ ...known, answering: false })
  expect(errors).toEqual([new Error('gone')])
})
