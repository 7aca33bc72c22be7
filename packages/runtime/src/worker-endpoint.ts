import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { IdiolectError } from '@idiolect/contracts/errors'
import type { Registry } from 'prom-client'

import type { WorkerHealth } from './worker-health.ts'

export type WorkerEndpoint = { port: number; close(): Promise<void> }

export type EndpointPlace = { host: string; port: number; silenceMs: number }

// Longer than the few seconds for which an idle worker waits for work, and than a restart of Redis.
const defaultSilenceSeconds = 60

/**
 * Where the endpoint is to be by the environment; null where no port is named. IDIOLECT_METRICS_PORT (0 takes any that is free),
 * IDIOLECT_METRICS_HOST, and IDIOLECT_HEALTH_SECONDS, the silence after which a worker counts as dead.
 * @throws IdiolectError `config_invalid`
 */
export function endpointPlace(env: NodeJS.ProcessEnv): EndpointPlace | null {
  const { IDIOLECT_METRICS_PORT: port, IDIOLECT_METRICS_HOST: host, IDIOLECT_HEALTH_SECONDS: seconds } = env
  if (port === undefined || port === '') return null
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new IdiolectError('config_invalid', `IDIOLECT_METRICS_PORT is ${port}; use a number up to 65535`)
  }
  const silence = Number(seconds ?? defaultSilenceSeconds)
  if (!(silence > 0)) {
    throw new IdiolectError('config_invalid', `IDIOLECT_HEALTH_SECONDS is ${seconds}; use a number above 0`)
  }
  return { host: host ?? '127.0.0.1', port: Number(port), silenceMs: silence * 1000 }
}

/**
 * Serves `/metrics` for Prometheus and `/healthz`: 200 while the worker is alive and 503 otherwise, either with its health as JSON.
 * @throws IdiolectError `port_taken`
 */
export async function startWorkerEndpoint(
  { host, port }: { host: string; port: number },
  { registry, health }: { registry: Registry; health: () => WorkerHealth },
): Promise<WorkerEndpoint> {
  const answers: Record<string, (response: ServerResponse) => Promise<void>> = {
    '/metrics': async (response) => {
      const metrics = await registry.metrics()
      response.setHeader('content-type', registry.contentType).end(metrics)
    },
    '/healthz': async (response) => {
      const state = health()
      response.statusCode = state.alive ? 200 : 503
      response.setHeader('content-type', 'application/json').end(`${JSON.stringify(state)}\n`)
    },
  }
  const server = createServer((request, response) => {
    response.setHeader('cache-control', 'no-store')
    const answer = request.method === 'GET' ? answers[(request.url ?? '').replace(/\?.*$/, '')] : undefined
    if (answer === undefined) response.writeHead(404).end()
    else answer(response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const problem =
        cause.code === 'EADDRINUSE'
          ? new IdiolectError(
              'port_taken',
              `Port ${port} is taken by another program; choose one with IDIOLECT_METRICS_PORT`,
            )
          : new IdiolectError('config_invalid', `IDIOLECT_METRICS_HOST ${host} cannot be listened on (${cause.code})`)
      reject(problem)
    })
    server.listen(port, host, resolve)
  })
  // A worker ends when it is told to; who reads its metrics does not hold it up.
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}
