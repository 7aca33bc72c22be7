import { expect, test } from 'vitest'

import { exampleObservation } from './observation-for-tests.ts'
import { runLine, runLines } from './run-lines.ts'

const small = exampleObservation({ targets: 40, committed: 12, failed: 0, promptTokens: 0, completionTokens: 0 })

test('no line is longer than it may be', () => {
  for (const observation of [exampleObservation(), small, exampleObservation({ etaSeconds: null })]) {
    for (let width = 1; width <= 160; width++) {
      for (const line of runLines(observation, width)) expect(line.length).toBeLessThanOrEqual(width)
    }
  }
})

test('a wide terminal has everything', () => {
  expect(runLines(exampleObservation(), 100).map((line) => line.trimEnd())).toMatchInlineSnapshot(`
    [
      "                                                        done    rate backlog    work",
      "embed      ███████████████░░░░░░░░░░░░░░░░░░░░░░░░░  762K/2M  1235/s   12.3K     0 s",
      "rank       ██████████████░░░░░░░░░░░░░░░░░░░░░░░░░░  749K/2M  1235/s   12.3K  72 min",
      "summarize  ██████████████░░░░░░░░░░░░░░░░░░░░░░░░░░  737K/2M  1235/s   12.3K   2.4 h",
      "synthesize ██████████████░░░░░░░░░░░░░░░░░░░░░░░░░░  725K/2M  1235/s   12.3K   3.6 h",
      "generate   ██████████████░░░░░░░░░░░░░░░░░░░░░░░░░░  712K/2M  1235/s   12.3K   4.8 h",
      "collect    ██████████████░░░░░░░░░░░░░░░░░░░░░░░░░░  700K/2M  1235/s   12.3K   6.0 h",
      "700000 of 2000000 done · 1234 failed · 1235/s · 2.1 h left · 1.23B tokens in, 45.7M out",
    ]
  `)
})

test('where it gets narrow, bars shrink first, and then the time of the backlog, the backlog and the rate go', () => {
  const heads = (width: number) => runLines(exampleObservation(), width)[0]!.trim().split(/ +/)
  const bar = (width: number) => (runLines(exampleObservation(), width)[1]!.match(/[█░]/g) ?? []).length
  const shapes = [120, 80, 60, 50, 40, 30].map((width) => `${width}: ${bar(width)}, ${heads(width).join(' ')}`)
  expect(shapes).toMatchInlineSnapshot(`
    [
      "120: 40, done rate backlog work",
      "80: 36, done rate backlog work",
      "60: 16, done rate backlog work",
      "50: 6, done rate backlog work",
      "40: 12, done rate",
      "30: 10, done",
    ]
  `)
})

test('a bar is full when the stage is through with every target and no earlier', () => {
  const barsAt = (committed: number) => runLines(exampleObservation({ targets: 1_000, committed }), 80).join('')
  expect(barsAt(1_000)).not.toContain('░')
  expect(runLines(exampleObservation({ targets: 100_000, committed: 99_999 }), 80)[6]).toContain('░')
})

test('a run without targets is through', () => {
  expect(runLines(exampleObservation({ targets: 0, committed: 0 }), 80).join('')).not.toContain('░')
})

test('a log has the same figures on one line', () => {
  expect(runLine(exampleObservation())).toMatchInlineSnapshot(
    `"700000 of 2000000 done · 1234 failed · 1235/s · 2.1 h left · 1.23B tokens in, 45.7M out · embed 761725 1235/s 12345 waiting (0 s), rank 749380 1235/s 12345 waiting (72 min), summarize 737035 1235/s 12345 waiting (2.4 h), synthesize 724690 1235/s 12345 waiting (3.6 h), generate 712345 1235/s 12345 waiting (4.8 h), collect 700000 1235/s 12345 waiting (6.0 h)"`,
  )
  expect(runLine({ ...small, run: { ...small.run, paused: true } })).toContain('12 of 40 done · paused')
})
