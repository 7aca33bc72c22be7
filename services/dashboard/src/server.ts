import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { queueMetrics } from '@idiolect/runtime/queue-metrics'
import type { Queues } from '@idiolect/runtime/queues'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'

import { checkToken } from './access/access-token.ts'
import { guardRequests } from './access/guard.ts'
import { allowed } from './actions/allowed.ts'
import { type Commands, commandRunner } from './actions/commands.ts'
import { type RunActions, runActions } from './actions/run-actions.ts'
import { runCreation } from './actions/run-creation.ts'
import { uploadStore } from './actions/upload-store.ts'
import { registerApi } from './api/api.ts'
import { runFeed } from './feed/run-feed.ts'
import { overseer } from './feed/run-view.ts'
import { registerForms } from './forms.ts'
import { registerPages } from './pages/pages.ts'
import { isApi, problemOf, sendProblem } from './problem.ts'
import { registerQueueBoard } from './queue-board.ts'

export type DashboardOptions = {
  queues: Queues
  /** A loopback name or address, or any where there is a token. */
  host: string
  /** 0 takes any that is free. */
  port: number
  log: Logger
  /** Whoever has it may read and change everything. null: everybody on this machine may. */
  token?: string | null
  /** Nothing can be changed by anybody. */
  readOnly?: boolean
  /** Whether Bull Board may change the queues. */
  queueActions?: boolean
  /** Of the commands that actions start. */
  env?: NodeJS.ProcessEnv
  /** Where runs that are made over HTTP put their folders; null: none can be made. */
  outputs?: string | null
  /** Folders whose files such runs may read. */
  inputs?: readonly string[]
  /** Models that they may name beside the bundled ones. */
  models?: readonly string[]
  mostUploadBytes?: number
}

export type Dashboard = { url: string; close(): Promise<void> }

const queuesPrefix = '/queues'
const mostUploadBytes = 8_589_934_592

/**
 * Serves the pages at `/`, their actions, the same for programs at `/api/v1`, Bull Board at `/queues`, `/metrics` and `/healthz`. The
 * caller closes `queues`.
 * @throws IdiolectError `config_invalid` for a host other than loopback without a token, `port_taken`
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { queues, host, port, log, token = null, readOnly = false, queueActions = false, env = process.env } = options
  checkToken(options)
  const feed = runFeed({
    read: overseer(queues),
    onError: (error) => log.warn(`the runs cannot be read: ${(error as Error).message}`),
  })
  const commands = commandRunner({ env, log })
  const actions = runActions({ queues, commands, log })

  const app = Fastify({ forceCloseConnections: true, bodyLimit: 65_536, logger: false })
  registerErrors(app, log)
  await guardRequests(app, { token, readOnly, queuesPrefix, queueActions, log })
  registerPages(app, { queues, feed, readOnly })
  await registerForms(app, { actions, feed })
  registerApi(app, { queues, feed, actions, making: makingOf(options, { commands, actions }) })
  registerQueueBoard(app, queues, { prefix: queuesPrefix, changeable: queueActions && !readOnly })
  const { contentType, metrics } = queueMetrics(queues, () => feed.current())
  app.get('/metrics', async (_request, reply) => reply.type(contentType).send(await metrics()))
  app.get('/healthz', async (_request, reply) => {
    const { answering } = await feed.current()
    return reply.code(answering ? 200 : 503).send({ redis: answering ? 'answers' : 'silent' })
  })
  app.addHook('onClose', () => commands.close())

  const url = await listen(app, { host, port })
  log.info({ url, token: token !== null, readOnly }, 'dashboard ready')
  return { url, close: () => app.close() }
}

/** What it takes to make runs; null where no folder for outputs is set. */
function makingOf(options: DashboardOptions, { commands, actions }: { commands: Commands; actions: RunActions }) {
  const { outputs = null, inputs = [], models = [], log } = options
  const may = allowed({ inputs, models })
  if (outputs === null) return null
  const uploads = uploadStore(join(outputs, '.uploads'), options.mostUploadBytes ?? mostUploadBytes)
  return { uploads, creation: runCreation({ commands, actions, uploads, allowed: may, outputs, log }) }
}

function registerErrors(app: FastifyInstance, log: Logger): void {
  app.setNotFoundHandler((request, reply) => {
    const detail = 'There is nothing under this address'
    if (isApi(request)) return sendProblem(reply, { status: 404, code: 'not_found', detail })
    return reply.code(404).type('text/plain; charset=utf-8').send(`${detail}.\n`)
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error)
    if (problem.status >= 500) log.warn({ code: problem.code, route: request.routeOptions.url }, 'request failed')
    if (isApi(request)) return sendProblem(reply, problem)
    return reply.code(problem.status).type('text/plain; charset=utf-8').send(`${problem.detail}\n`)
  })
}

async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new IdiolectError('port_taken', `Port ${port} is taken by another program; choose one with --port`, {
      cause: error,
    })
  }
  const { port: boundPort } = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`
}
