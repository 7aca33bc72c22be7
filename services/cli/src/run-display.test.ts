import { EventEmitter } from 'node:events'

import { expect, test, vi } from 'vitest'

import { exampleObservation } from './observation-for-tests.ts'
import { runDisplay } from './run-display.ts'

/** What a terminal of so many columns, or a pipe, is written. */
function fakeStream(columns: number | undefined) {
  let written = ''
  const stream = Object.assign(new EventEmitter(), {
    columns,
    rows: columns === undefined ? undefined : 24,
    isTTY: columns !== undefined,
    write(text: string) {
      written += text
      return true
    },
  })
  const take = () => {
    const text = written
    written = ''
    return text
  }
  return { stream: stream as unknown as NodeJS.WriteStream, take }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is told by them what to do.
const escapes = /\u001b\[[?\d;]*[A-Za-z]/g

const linesOf = (written: string) => written.replaceAll(escapes, '').split('\n')

test.each([40, 60, 80, 120])('on a terminal of %i columns no line wraps, nor after it was made narrower', (columns) => {
  const { stream, take } = fakeStream(columns)
  const display = runDisplay(stream)
  display.update(exampleObservation())
  const drawn = take()
  expect(drawn).toContain('embed')
  for (const line of linesOf(drawn)) expect(line.length).toBeLessThan(columns)
  stream.columns = 30
  stream.emit('resize')
  const redrawn = take()
  expect(redrawn).toContain('embed')
  for (const line of linesOf(redrawn)) expect(line.length).toBeLessThan(30)
  display.stop()
  expect(stream.listenerCount('resize')).toBe(0)
})

test('a terminal is drawn on anew only where something has changed', () => {
  const { stream, take } = fakeStream(80)
  const display = runDisplay(stream)
  display.update(exampleObservation())
  take()
  display.update(exampleObservation())
  expect(take()).toBe('')
  display.stop()
})

test('a pipe gets a line at first, one each ten seconds, and the last one, and no escape codes', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const { stream, take } = fakeStream(undefined)
    const display = runDisplay(stream)
    display.phase('Reading the input')
    for (let committed = 0; committed <= 50; committed++) {
      display.update(exampleObservation({ targets: 100, committed }))
      vi.advanceTimersByTime(500)
    }
    display.stop()
    const written = take()
    expect(written.replaceAll(escapes, '')).toBe(written)
    const lines = written.trimEnd().split('\n')
    expect(lines[0]).toBe('Reading the input …')
    expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['0', '20', '40', '50'])
    display.stop()
    expect(take()).toBe('')
  } finally {
    vi.useRealTimers()
  }
})
