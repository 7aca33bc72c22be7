import { expect, test } from 'vitest'

import { IdiolectError } from './errors.ts'
import { reportableError } from './reportable-error.ts'

const text = 'What I wrote to my sister'

function thrownBy(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test('of an error that quotes what it read the name and the places are left', () => {
  const quoting = thrownBy(() => JSON.parse(text))
  expect(String(quoting)).toContain('What I wro')
  const reported = reportableError(quoting)
  expect(reported.message).toBe('unexpected SyntaxError')
  expect(reported.stack).toMatch(/^unexpected SyntaxError\n {4}at JSON\.parse .*\n {4}at .*reportable-error\.test/)
  expect(reported.stack).not.toContain('What I')
})

test('a message of several lines leaves nothing behind', () => {
  expect(reportableError(new Error(`bad\n${text}\n    at ${text}`)).stack).not.toContain(text)
})

test('our own errors and those of the system say what they said', () => {
  const ours = new IdiolectError('model_missing', 'there is no model x')
  expect(reportableError(ours)).toBe(ours)
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { errno: -28, syscall: 'write' })
  expect(reportableError(full).message).toBe('ENOSPC: no space left on device, write')
})

test('an error of Redis says what the server answered, and not what it was asked', () => {
  const refused = Object.assign(new Error('OOM command not allowed'), { command: { name: 'evalsha', args: [text] } })
  refused.name = 'ReplyError'
  const reported = reportableError(refused)
  expect(reported.message).toBe('OOM command not allowed')
  expect(reported).not.toHaveProperty('command')
})

test('what is no error is not shown', () => {
  expect(reportableError(text).message).toBe('unexpected string')
})
