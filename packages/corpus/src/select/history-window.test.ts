import fc from 'fast-check'
import { expect, it } from 'vitest'

import { createHistoryWindow } from './history-window.ts'

interface Measured {
  timestamp: number
  chars: number
}

/** Documents in the order of time, many of one time among them. */
const timelines = fc
  .array(fc.record({ gap: fc.constantFrom(0, 0, 1), chars: fc.integer({ min: 1, max: 20 }) }), { maxLength: 60 })
  .map((steps) => {
    let timestamp = 0
    return steps.map(({ gap, chars }): Measured => {
      timestamp += gap
      return { timestamp, chars }
    })
  })

const limits = fc.record({ maxDocuments: fc.integer({ min: 1, max: 6 }), maxChars: fc.integer({ min: 1, max: 60 }) })

/** By its definition: from the last one back, as long as there is room. */
function mostRecent(past: readonly Measured[], { maxDocuments, maxChars }: { maxDocuments: number; maxChars: number }) {
  let chars = 0
  let count = 0
  for (const document of past.toReversed()) {
    chars += document.chars
    if (count > 0 && (count === maxDocuments || chars > maxChars)) break
    count += 1
  }
  return count === 0 ? [] : past.slice(-count)
}

it('is the most recent documents strictly before the last one that have room, and at least one', () => {
  fc.assert(
    fc.property(timelines, limits, (timeline, bounds) => {
      const window = createHistoryWindow<Measured>(bounds)
      for (const [index, document] of timeline.entries()) {
        window.add(document)
        const past = timeline.slice(0, index).filter(({ timestamp }) => timestamp < document.timestamp)
        expect(window.before()).toBe(past.length)
        expect(window.documents(window.span())).toEqual(mostRecent(past, bounds))
      }
      window.passTime()
      expect(window.documents(window.span())).toEqual(mostRecent(timeline, bounds))
    }),
  )
})

it('moves forward only', () => {
  fc.assert(
    fc.property(timelines, limits, (timeline, bounds) => {
      const window = createHistoryWindow<Measured>(bounds)
      let [from, to] = window.span()
      for (const document of timeline) {
        window.add(document)
        const next = window.span()
        expect(next[0]).toBeGreaterThanOrEqual(from)
        expect(next[1]).toBeGreaterThanOrEqual(to)
        ;[from, to] = next
      }
    }),
  )
})
