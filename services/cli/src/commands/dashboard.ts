import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, resolve } from 'node:path'

import { Command } from 'commander'

import { serviceArguments } from '../service-arguments.ts'
import { findRedis, type Surroundings, withRedis } from '../surroundings.ts'

type Flags = {
  host: string
  port: string
  tokenFile?: string
  readOnly: boolean
  queueActions: boolean
  outputs?: string
  inputs?: string[]
  models?: string[]
}

export function dashboardCommand({ env, signal, exit }: Surroundings): Command {
  return new Command('dashboard')
    .option('--host <host>', 'address to listen on; any but loopback needs a token', '127.0.0.1')
    .option('--port <port>', 'port to listen on', '8080')
    .option('--token-file <file>', 'who asks needs the token of this file (or of IDIOLECT_DASHBOARD_TOKEN)')
    .option('--read-only', 'nothing can be changed by anybody', false)
    .option('--queue-actions', 'let Bull Board change the queues', false)
    .option('--outputs <folder>', 'let runs be made over HTTP; their outputs go into folders of their own here')
    .option('--inputs <folders...>', 'folders whose files such runs may read, beside what is uploaded')
    .option('--models <names...>', 'models that such runs may name, beside the bundled ones')
    .action(async (flags: Flags) => {
      const redis = await findRedis({ env })
      try {
        const child = spawn(process.execPath, serviceArguments('dashboard'), {
          env: withRedis({ ...env, ...variablesOf(flags) }, redis.url),
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

/** What the service reads. An option that is not given leaves what the environment says. */
function variablesOf({ host, port, tokenFile, readOnly, queueActions, outputs, inputs, models }: Flags) {
  return {
    IDIOLECT_DASHBOARD_HOST: host,
    IDIOLECT_DASHBOARD_PORT: port,
    ...(tokenFile === undefined ? {} : { IDIOLECT_DASHBOARD_TOKEN_FILE: resolve(tokenFile) }),
    ...(readOnly ? { IDIOLECT_DASHBOARD_READ_ONLY: '1' } : {}),
    ...(queueActions ? { IDIOLECT_DASHBOARD_QUEUE_ACTIONS: '1' } : {}),
    ...(outputs === undefined ? {} : { IDIOLECT_DASHBOARD_OUTPUTS: resolve(outputs) }),
    ...(inputs === undefined
      ? {}
      : { IDIOLECT_DASHBOARD_INPUTS: inputs.map((folder) => resolve(folder)).join(delimiter) }),
    ...(models === undefined ? {} : { IDIOLECT_DASHBOARD_MODELS: models.join(' ') }),
  }
}
