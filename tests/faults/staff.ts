import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { type Stage, stages } from '@idiolect/contracts/stages'

import type { Random } from './random.ts'
import { until } from './until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

// A service that finds no Redis at its start says so and ends with it.
const noRedisCode = 2

/** starting → ready → stopped → ready; doomed once a signal is sent that it ends with, and then starting again. */
type Worker = { stage: Stage; log: string; child: ChildProcess; state: 'starting' | 'ready' | 'stopped' | 'doomed' }

export type Staff = {
  size: number
  /** Sends a signal that it ends with to one of those that are ready, once half of all are: fewer would get nothing done. */
  end(random: Random, by: { with: 'SIGKILL' | 'SIGTERM'; signal: AbortSignal }): Promise<void>
  /** SIGSTOP to two of those that are ready, once half of all are; the result wakes them up again. */
  stopTwo(random: Random, signal: AbortSignal): Promise<() => void>
  /** How often any of them has logged a line that begins so. */
  said(start: string): number
  /** Ends that nobody here has caused. */
  crashes: string[]
  close(): Promise<void>
}

/** So many processes of each stage, each started again when it ends. What they log goes to files in `logs` too. */
export function startStaff(redisUrl: string, { perStage, logs }: { perStage: number; logs: string }): Staff {
  mkdirSync(logs, { recursive: true })
  const crashes: string[] = []
  const messages: string[] = []
  let isClosing = false

  const start = (stage: Stage): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', `services/${stage}/src/main.ts`], {
      cwd: root,
      env: { ...process.env, REDIS_URL: redisUrl, LOG_LEVEL: 'info' },
      // Over the channel a worker notices when this process is gone, and ends too.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })

  const lookAfter = (worker: Worker): void => {
    const { child, stage, log } = worker
    createInterface(child.stderr!).on('line', (line) => {
      appendFileSync(log, `${line}\n`)
      const message = messageOf(line)
      messages.push(message)
      if (message === 'ready' && worker.state === 'starting') worker.state = 'ready'
    })
    child.once('exit', (code, signal) => {
      if (isClosing) return
      if (worker.state !== 'doomed' && code !== noRedisCode) crashes.push(`${stage} with ${signal ?? code}, see ${log}`)
      worker.child = start(stage)
      worker.state = 'starting'
      lookAfter(worker)
    })
  }

  const workers = stages.flatMap((stage) =>
    Array.from({ length: perStage }, (_, index): Worker => {
      return { stage, log: join(logs, `${stage}-${index}.log`), child: start(stage), state: 'starting' }
    }),
  )
  for (const worker of workers) lookAfter(worker)
  const ready = () => workers.filter(({ state }) => state === 'ready')
  const halfReady = (signal: AbortSignal) => until(() => ready().length >= workers.length / 2, { signal })

  return {
    size: workers.length,
    crashes,
    said: (start) => messages.filter((message) => message.startsWith(start)).length,
    async end(random, by) {
      await halfReady(by.signal)
      const worker = random.pick(ready())
      worker.state = 'doomed'
      worker.child.kill(by.with)
    },
    async stopTwo(random, signal) {
      await halfReady(signal)
      const stopped = [0, 1].map(() => {
        const worker = random.pick(ready())
        worker.state = 'stopped'
        worker.child.kill('SIGSTOP')
        return worker
      })
      return () => {
        for (const worker of stopped) {
          worker.state = 'ready'
          worker.child.kill('SIGCONT')
        }
      }
    },
    async close() {
      isClosing = true
      const running = workers.filter(({ child }) => child.exitCode === null && child.signalCode === null)
      const ended = running.map(({ child }) => once(child, 'exit'))
      for (const { child } of running) child.kill('SIGTERM')
      await Promise.all(ended)
    },
  }
}

function messageOf(line: string): string {
  try {
    return (JSON.parse(line) as { msg: string }).msg
  } catch {
    // A stack trace, or cut off by a kill.
    return line
  }
}
