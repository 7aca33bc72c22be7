import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'

import {
  type InferenceLimits,
  type InferenceProcess,
  startInference,
  typeScriptArguments,
} from './inference-process.ts'

type Faulty = InferenceProcess<{ pid: number }, string, [number, string]>
const entry = new URL('./fixtures/faulty-model.ts', import.meta.url)
const started: Faulty[] = []

async function start(opening = 'well', limits?: Partial<InferenceLimits>): Promise<Faulty> {
  const model: Faulty = await startInference({ entry, opening, limits })
  started.push(model)
  return model
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

afterEach(async () => {
  for (const model of started.splice(0)) {
    await model.close()
    expect(isRunning(model.opened.pid)).toBe(false)
  }
})

test('calls are answered by one child, in their order', async () => {
  const model = await start()
  const answers: string[] = []
  await Promise.all(
    ['wait', 'b', 'c'].map(async (input) => {
      const [pid, echo] = await model.call(input)
      expect(pid).toBe(model.opened.pid)
      answers.push(echo)
    }),
  )
  expect(answers).toEqual(['wait', 'b', 'c'])
})

test('a crash rejects the call in flight with the last line that the child wrote, and the next call has a new child', async () => {
  const model = await start()
  const [crashed, next] = await Promise.allSettled([model.call('crash'), model.call('after')])
  expect(crashed).toMatchObject({
    status: 'rejected',
    reason: { code: 'model_crashed', message: expect.stringMatching(/SIGABRT: .+/) },
  })
  expect(next).toMatchObject({ status: 'fulfilled', value: [expect.any(Number), 'after'] })
  expect((await model.call('again'))[0]).not.toBe(model.opened.pid)
})

test('a child that dies between two calls is replaced', async () => {
  const model = await start()
  process.kill(model.opened.pid, 'SIGKILL')
  await expect.poll(() => isRunning(model.opened.pid)).toBe(false)
  expect(await model.call('after')).toEqual([expect.any(Number), 'after'])
})

test('a call that blocks is ended by its time limit, and the next call has a new child', async () => {
  const model = await start('well', { callTimeoutMs: 2000 })
  await expect(model.call('hang')).rejects.toMatchObject({ code: 'model_timeout' })
  expect(await model.call('after')).toEqual([expect.any(Number), 'after'])
})

test('an aborted call lets its caller go and leaves the child alone', async () => {
  const model = await start()
  const abort = new AbortController()
  const call = model.call('wait', abort.signal)
  abort.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
  expect(await model.call('after')).toEqual([model.opened.pid, 'after'])
})

test('an exception in the model fails the call and nothing else', async () => {
  const model = await start()
  await expect(model.call('throw')).rejects.toMatchObject({ code: 'internal', message: 'no such token' })
  expect((await model.call('after'))[0]).toBe(model.opened.pid)
})

test('what goes wrong while opening is reported under its own code', async () => {
  await expect(start('missing')).rejects.toMatchObject({ code: 'model_missing', message: 'There is no such model' })
  await expect(start('dies')).rejects.toMatchObject({ code: 'model_crashed' })
})

test('a child does not heed the signals of its group', async () => {
  const model = await start()
  process.kill(model.opened.pid, 'SIGINT')
  process.kill(model.opened.pid, 'SIGTERM')
  expect(await model.call('still here')).toEqual([model.opened.pid, 'still here'])
})

test('a child ends when its parent is killed', async () => {
  const parent = fork(new URL('./fixtures/parent-of-faulty-model.ts', import.meta.url), {
    execArgv: typeScriptArguments,
  })
  const [pid] = (await once(parent, 'message')) as [number]
  expect(isRunning(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false)
})
