import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import type { CreatedRun, CreateRun, RunList, RunStatus, Source, Upload } from '@idiolect/contracts/http-api'

import { type Connection, type Http, http } from './http.ts'
import { ndjson } from './ndjson.ts'
import { type Run, runOf } from './run.ts'

/** `timestamp`: ISO-8601, or Unix seconds or milliseconds. */
export type Document = { userId: string; docId: string; timestamp: string | number; title?: string; text: string }
export type Request = { requestId: string; userId: string; context: string; timestamp?: string | number }

/** What there is to send, a file of this machine (JSON Lines, plain or gzip), or one that the dashboard can read itself. */
export type Input<T> = AsyncIterable<T> | Iterable<T> | string | { serverPath: string }

export type EnqueueOptions = {
  /** Of the run and of the folder of its output. The same name with the same content again goes on with that run. */
  name: string
  /** Without them the texts to be written are the documents that the configuration holds out. */
  requests?: Input<Request>
  /** Keys that differ from their defaults, as in a file of --config. */
  config?: Record<string, unknown>
  /** At most so many targets. */
  limit?: number
  signal?: AbortSignal
}

export type Client = {
  /**
   * Sends documents, no faster than they are taken, and returns as soon as a run of them has begun.
   * @throws ApiError `config_changed` where the name is that of another run, `input_unusable`, `config_invalid`, …
   */
  enqueue(documents: Input<Document>, options: EnqueueOptions): Promise<Run>
  /** A run by its id; nothing is asked yet. */
  run(id: string): Run
  /** The newest ones. */
  runs(): Promise<RunStatus[]>
}

const askAgainMs = 1_000

/** The dashboard of an installation, for programs. */
export function connect(connection: Connection): Client {
  const ask = http(connection)
  return {
    async enqueue(documents, { name, requests, config, limit, signal }) {
      const request: CreateRun = {
        name,
        input: await sourceOf(ask, documents, signal),
        ...(requests === undefined ? {} : { requests: await sourceOf(ask, requests, signal) }),
        ...(config === undefined ? {} : { config }),
        ...(limit === undefined ? {} : { limit }),
      }
      for (;;) {
        const { run, state } = await ask<CreatedRun>('/runs', { method: 'POST', body: request, signal })
        if (run !== null) return runOf(ask, run)
        if (state === 'finished') throw new Error(`run ${name} is finished, and Redis has forgotten it`)
        await sleep(askAgainMs, undefined, signal === undefined ? {} : { signal })
      }
    },
    run: (id) => runOf(ask, id),
    runs: async () => (await ask<RunList>('/runs')).runs,
  }
}

async function sourceOf(ask: Http, input: Input<object>, signal: AbortSignal | undefined): Promise<Source> {
  if (typeof input === 'object' && 'serverPath' in input) return { path: input.serverPath }
  const stream =
    typeof input === 'string'
      ? (Readable.toWeb(createReadStream(input)) as ReadableStream<Uint8Array>)
      : ReadableStream.from(ndjson(input))
  const { upload } = await ask<Upload>('/uploads', { method: 'POST', stream, signal })
  return { upload }
}
