import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { type Stage, stages } from '@idiolect/contracts/stages'

import { serviceArguments } from './service-arguments.ts'
import { withRedis } from './surroundings.ts'

// A process that dies sooner than this after its start did not get to work; so often in a row, and it never will.
const shortLifeMs = 10_000
const maxShortLives = 5

// More than a worker needs to hand its batches back (8 s); after it the queue takes them over anyway.
const closeTimeoutMs = 12_000

export type StageProcesses = {
  /** Rejects when a stage cannot be kept running. */
  broken: Promise<never>
  close(): Promise<void>
}

export type StageProcessOptions = {
  redisUrl: string
  /** Processes of each stage. */
  workers: Partial<Config['workers']>
  env: NodeJS.ProcessEnv
  /** Where the log files go; absent: to this process's standard error. */
  logs?: string
}

/**
 * Starts the services' own `main.ts`, one process each, and starts again what dies until closed. They are in process
 * groups of their own, so that Ctrl-C reaches this process alone, and they end when it is gone.
 */
export function startStageProcesses(options: StageProcessOptions): StageProcesses {
  const running = new Map<ChildProcess, Promise<void>>()
  let closing = false
  let places = 0
  let giveUp: (error: Error) => void = () => undefined
  const broken = new Promise<never>((_resolve, reject) => {
    giveUp = reject
  })
  broken.catch(() => undefined)

  const keepRunning = (stage: Stage, index: number, shortLives = 0, place = places++): void => {
    const log = options.logs === undefined ? 2 : openSync(join(options.logs, `${stage}-${index}.log`), 'a')
    const startedAt = performance.now()
    const child = spawn(process.execPath, serviceArguments(stage), {
      env: withRedis({ ...options.env, ...portOf(options.env, place) }, options.redisUrl),
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    })
    if (options.logs !== undefined) closeSync(log)
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
    running.set(child, ended)
    void ended.then(() => {
      running.delete(child)
      if (closing) return
      const short = performance.now() - startedAt < shortLifeMs ? shortLives + 1 : 0
      if (short < maxShortLives && child.exitCode !== 2) return keepRunning(stage, index, short, place)
      const where =
        options.logs === undefined ? 'its messages are above' : `see ${join(options.logs, `${stage}-${index}.log`)}`
      giveUp(
        new IdiolectError(
          'internal',
          `the ${stage} stage does not keep running (exit ${child.exitCode ?? child.signalCode}); ${where}`,
        ),
      )
    })
  }

  for (const stage of stages) {
    for (let index = 0; index < (options.workers[stage] ?? 0); index++) keepRunning(stage, index)
  }

  return {
    broken,
    async close() {
      closing = true
      const children = [...running.keys()]
      for (const child of children) child.kill('SIGTERM')
      const kill = setTimeout(() => {
        for (const child of children) child.kill('SIGKILL')
      }, closeTimeoutMs)
      await Promise.all(running.values())
      clearTimeout(kill)
    },
  }
}

/** Where one port is named for the metrics of many processes of one machine, they take it and those that follow. */
function portOf({ IDIOLECT_METRICS_PORT: first }: NodeJS.ProcessEnv, place: number): NodeJS.ProcessEnv {
  return Number(first) > 0 ? { IDIOLECT_METRICS_PORT: String(Number(first) + place) } : {}
}
