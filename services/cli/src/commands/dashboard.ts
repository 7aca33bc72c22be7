import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { Command } from 'commander'

import { serviceArguments } from '../service-arguments.ts'
import { findRedis, type Surroundings, withRedis } from '../surroundings.ts'

export function dashboardCommand({ env, signal, exit }: Surroundings): Command {
  return new Command('dashboard')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', '8080')
    .action(async ({ host, port }: { host: string; port: string }) => {
      const redis = await findRedis({ env })
      try {
        const child = spawn(process.execPath, serviceArguments('dashboard'), {
          env: { ...withRedis(env, redis.url), IDIOLECT_DASHBOARD_HOST: host, IDIOLECT_DASHBOARD_PORT: port },
          // The channel tells the dashboard when this process is gone.
          stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
        })
        const stop = () => child.kill('SIGTERM')
        signal.addEventListener('abort', stop)
        const [code] = (await once(child, 'exit')) as [number | null]
        // The dashboard has said in one line what is wrong.
        exit.code = signal.aborted ? 0 : (code ?? 1)
      } finally {
        await redis.close()
      }
    })
}
