import { setTimeout as sleep } from 'node:timers/promises'
import { IdiolectError } from '@idiolect/contracts/errors'
import { readFolder } from '@idiolect/output/manifest'
import type { Queues } from '@idiolect/runtime/queues'
import { isUnderWay } from '@idiolect/runtime/run-store'
import { type Steering, steerRun } from '@idiolect/runtime/steer-run'
import type { FastifyRequest } from 'fastify'
import type { Logger } from 'pino'

import type { Command, Commands } from './commands.ts'

/** Which failures are tried again; all where nothing is named. */
export type Selection = { code?: string; stage?: string; message?: string; ids?: string[] }

export type Who = FastifyRequest['visitor']

export type RunActions = {
  steer(run: string, steering: Steering, who: Who): Promise<void>
  /** Tries failures again, as a run of its own in the same folder: its id, or null while the input is still read. */
  retry(run: string, selection: Selection, who: Who): Promise<string | null>
  /**
   * Starts a command that makes a run in the folder, unless one is at work there.
   * @throws what the command failed with
   */
  begin(folder: string, args: readonly string[]): Promise<Begun>
}

/** `run` is null while the command still reads its input, and where it has ended and Redis does not remember the folder's run. */
export type Begun = { run: string | null; isReading: boolean }

// As long as a person waits for an answer; what takes longer is asked for again.
const patienceMs = 5_000
const lookMs = 50

/** What the pages and the API do to runs. Every action is logged, with who asked for it and none of what people wrote. */
export function runActions({ queues, commands, log }: { queues: Queues; commands: Commands; log: Logger }): RunActions {
  const { store } = queues
  // What a folder was being filled with when its command started.
  const marks = new WeakMap<Command, string | null>()
  // What became of commands after whoever asked had been told to ask again.
  const outcomes = new Map<string, () => Promise<Begun>>()

  /** The run that the folder is being filled with, and which time it is. */
  const fillingOf = async (folder: string): Promise<{ run: string; mark: string } | null> => {
    const found = await readFolder(folder)
    if (found.state !== 'unfinished') return null
    const { run, round } = found.manifest
    return { run, mark: `${run} ${round}` }
  }

  /** The newest run of a folder, as far as Redis remembers. */
  const latestOf = async (folder: string): Promise<Begun> => {
    const run = (await store.list()).find(({ out }) => out === folder)?.id ?? null
    return { run, isReading: false }
  }

  const begin = async (folder: string, args: readonly string[]): Promise<Begun> => {
    const key = JSON.stringify([folder, args])
    const outcome = outcomes.get(key)
    if (outcomes.delete(key)) return outcome!()
    let command = commands.find(folder)
    if (command === undefined) {
      const mark = (await fillingOf(folder))?.mark ?? null
      command = commands.start(folder, args)
      marks.set(command, mark)
    }
    const deadline = performance.now() + patienceMs
    let done = false
    const ended = command.ended.then((error) => {
      done = true
      if (error !== null) throw error
    })
    ended.catch(() => undefined)
    while (performance.now() < deadline) {
      const filling = await fillingOf(folder)
      if (filling !== null && filling.mark !== marks.get(command)) {
        if (isUnderWay(await store.status(filling.run))) return { run: filling.run, isReading: false }
      }
      if (done) {
        await ended
        return latestOf(folder)
      }
      await Promise.race([sleep(lookMs), ended])
    }
    ended.then(
      () => outcomes.set(key, () => latestOf(folder)),
      (error) => outcomes.set(key, () => Promise.reject(error)),
    )
    return { run: null, isReading: true }
  }

  return {
    async steer(run, steering, who) {
      await steerRun(queues, run, steering)
      log.info({ who, action: steering, run }, 'action')
    },

    async retry(id, { code, stage, message, ids = [] }, who) {
      const run = await store.get(id)
      if (isUnderWay(run.status)) {
        throw new IdiolectError('usage', `run ${id} is ${run.status}; what failed can be tried again once it has ended`)
      }
      const args = ['retry', run.out, '--json']
      if (code !== undefined) args.push(`--code=${code}`)
      if (stage !== undefined) args.push(`--stage=${stage}`)
      if (message !== undefined) args.push(`--message=${message}`)
      for (const each of ids) args.push(`--id=${each}`)
      // The workers of a run that ended with its command have ended too, so the retry brings its own.
      if (!run.attended) args.push('--enqueue')
      const atWork = commands.find(run.out)
      if (atWork !== undefined && atWork.arguments.join('\0') !== args.join('\0')) {
        throw new IdiolectError('usage', `a command is at work on the folder of run ${id}; wait until it has ended`)
      }
      log.info({ who, action: 'retry', run: id, code, stage, records: ids.length }, 'action')
      return (await begin(run.out, args)).run
    },

    begin,
  }
}
