import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { type Stage, stages } from '@idiolect/contracts/stages'

const root = fileURLToPath(new URL('..', import.meta.url))

export type Ended = { code: number | null; stdout: string; stderr: string }

/** Runs `idiolect …` to its end, as a user does. */
export async function idiolect(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = startIdiolect(args, env)
  let [stdout, stderr] = ['', '']
  child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk))
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

export function startIdiolect(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const cli = fileURLToPath(new URL('../services/cli/bin/idiolect.js', import.meta.url))
  return spawn(process.execPath, [cli, ...args], { cwd: root, env: { ...process.env, ...env } })
}

export type Workers = {
  processes: ChildProcess[]
  /** Another process of the same stage in the place of one that is gone. */
  replace(index: number): void
  close(): Promise<void>
}

/** Starts the services by hand, so many processes of each stage. */
export function startWorkers(redisUrl: string, perStage: number): Workers {
  const start = (stage: Stage): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', `services/${stage}/src/main.ts`], {
      cwd: root,
      env: { ...process.env, REDIS_URL: redisUrl, LOG_LEVEL: 'error' },
      stdio: 'ignore',
    })
  const staffing = stages.flatMap((stage) => Array.from({ length: perStage }, () => stage))
  const processes = staffing.map(start)
  return {
    processes,
    replace(index) {
      processes[index] = start(staffing[index]!)
    },
    async close() {
      const running = processes.filter((child) => child.exitCode === null && child.signalCode === null)
      const ended = running.map((child) => once(child, 'exit'))
      for (const child of running) child.kill('SIGTERM')
      await Promise.all(ended)
    },
  }
}
