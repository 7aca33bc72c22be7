import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { type ErrorCode, errorCodes, IdiolectError } from '@idiolect/contracts/errors'
import type { Logger } from 'pino'

/** An `idiolect` command that this dashboard has started. */
export type Command = {
  arguments: readonly string[]
  /** Resolves with null when it is done, with the error when it failed. */
  ended: Promise<IdiolectError | null>
}

export type Commands = {
  /** The command that is at work on a folder. */
  find(folder: string): Command | undefined
  /** Starts a command, unless one is at work on the folder: then it is that one. @throws TooMany */
  start(folder: string, args: readonly string[]): Command
  close(): Promise<void>
}

// Each reads an input, with threads and memory of its own.
const mostCommands = 8

class TooMany extends Error {
  override name = 'TooMany'
  statusCode = 429
}

const program = fileURLToPath(new URL('../../../cli/bin/idiolect.js', import.meta.url))

/** How a command reports what went wrong to the process that started it. */
type Report = { code: ErrorCode; message: string }

/**
 * Runs commands as processes of their own, one a folder: they read input again, for hours if need be, and bring up workers. They
 * end with the dashboard, and what they were at can be resumed.
 */
export function commandRunner({ env, log }: { env: NodeJS.ProcessEnv; log: Logger }): Commands {
  const running = new Map<string, { command: Command; child: ChildProcess }>()
  return {
    find: (folder) => running.get(folder)?.command,

    start(folder, args) {
      const known = running.get(folder)
      if (known !== undefined) return known.command
      if (running.size >= mostCommands)
        throw new TooMany(`${running.size} commands are at work; wait until one has ended`)
      const child = fork(program, args, {
        env: withoutOwn(env),
        execArgv: [],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      const command: Command = { arguments: args, ended: outcomeOf(child) }
      running.set(folder, { command, child })
      void command.ended.then((error) => {
        running.delete(folder)
        const told = { command: args[0], ...(error === null ? {} : { code: error.code, problem: error.message }) }
        if (error === null) log.info(told, 'command done')
        else log.warn(told, 'command failed')
      })
      return command
    },

    async close() {
      const ending = [...running.values()]
      for (const { child } of ending) child.kill('SIGTERM')
      await Promise.all(ending.map(({ command }) => command.ended))
    },
  }
}

function outcomeOf(child: ChildProcess): Promise<IdiolectError | null> {
  let reported: IdiolectError | undefined
  child.on('message', (message) => {
    if (isReport(message)) reported = new IdiolectError(message.code, message.message)
  })
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve(new IdiolectError('internal', 'the command cannot be started', { cause })))
    child.once('exit', (code, signal) => {
      if (code === 0) return resolve(null)
      resolve(reported ?? new IdiolectError('internal', `the command ended with ${code ?? signal}`))
    })
  })
}

function isReport(message: unknown): message is Report {
  return typeof message === 'object' && message !== null && 'code' in message && String(message.code) in errorCodes
}

/** What is the dashboard's alone, its token above all, is no business of a command. */
function withoutOwn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('IDIOLECT_DASHBOARD_')))
}
