import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { WorkerHealth } from '@idiolect/runtime/worker-health'

export type ObservedWorker = {
  port: number
  health(): Promise<WorkerHealth & { status: number }>
  metrics(): Promise<string>
  /** What it has logged. */
  said(): string
  close(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** A worker process with its endpoint, ready: `file` is the service's main program. */
export async function startObservedWorker(file: string, env: Record<string, string>): Promise<ObservedWorker> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: root,
    env: { ...process.env, IDIOLECT_METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  let said = ''
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said += `${line}\n`
      const port = /"port":(\d+),"msg":"metrics/.exec(line)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
    void exited.then(() => reject(new Error(`${file} ended: ${said}`)))
  })
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  return {
    port,
    async health() {
      const answer = await get('/healthz')
      return { status: answer.status, ...((await answer.json()) as WorkerHealth) }
    },
    metrics: async () => (await get('/metrics')).text(),
    said: () => said,
    async close() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
