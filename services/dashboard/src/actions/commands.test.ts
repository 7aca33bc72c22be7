import { pino } from 'pino'
import { expect, inject, test } from 'vitest'

import { commandRunner } from './commands.ts'

const log = pino({ level: 'silent' })

function runner(env: NodeJS.ProcessEnv = {}) {
  const url = new URL(inject('redisUrl'))
  url.searchParams.set('prefix', `commands-${process.pid}`)
  return commandRunner({ env: { ...process.env, REDIS_URL: url.href, ...env }, log })
}

test('a command that fails tells its code and why', async () => {
  const error = await runner().start('/a', ['status', 'run-that-is-not']).ended
  expect(error).toMatchObject({ code: 'run_unknown', message: expect.stringContaining('run-that-is-not') })
})

test('a command that does what it should has nothing to tell, and its folder is free again', async () => {
  const commands = runner()
  const command = commands.start('/a', ['runs'])
  expect(commands.start('/a', ['doctor'])).toBe(command)
  expect(await command.ended).toBeNull()
  expect(commands.find('/a')).toBeUndefined()
})

test('a command does not get the token of the dashboard', async () => {
  const commands = runner({ IDIOLECT_DASHBOARD_TOKEN: 'correct horse battery' })
  // It refuses to listen there without one.
  const { ended } = commands.start('/a', ['dashboard', '--host', '0.0.0.0', '--port', '0'])
  expect(await ended).toMatchObject({ message: 'the command ended with 2' })
})

test('commands end with the dashboard', async () => {
  const commands = runner()
  commands.start('/a', ['dashboard', '--port', '0'])
  await commands.close()
  expect(commands.find('/a')).toBeUndefined()
})
