import { setTimeout as sleep } from 'node:timers/promises'

import type { FailureGroups, Failures, Results, Retried, Retry, RunStatus } from '@idiolect/contracts/http-api'

import type { Http } from './http.ts'

export type Failure = Failures['failures'][number]
export type Row = Record<string, unknown>

export type ResultOptions = {
  /** Where to begin: `next` of an earlier page. */
  cursor?: string
  /** dataset: such as `generation/train`; all tables without it. */
  table?: string
  signal?: AbortSignal
}

export type Run = {
  id: string
  status(): Promise<RunStatus>
  /** Resolves when the run is not under way any more: finished, cancelled, or stopped with its command. */
  wait(options?: { signal?: AbortSignal }): Promise<RunStatus>
  /** The rows in the order of the output, each once, as they come; ends with the run. */
  results<R = Row>(options?: ResultOptions): AsyncGenerator<R>
  /** The same by the page. Whoever keeps `next` of the last page that is done with can go on from there after a crash. */
  pages(options?: ResultOptions): AsyncGenerator<Results>
  failures(selection?: Omit<Retry, 'ids'>): AsyncGenerator<Failure>
  failureGroups(): Promise<FailureGroups>
  pause(): Promise<void>
  resume(): Promise<void>
  cancel(): Promise<void>
  /** Tries failures again, all or those that all of the fields name; what it gives is the run that does it, in the same folder. */
  retry(selection?: Retry): Promise<Run>
}

const pollMs = 1_000
const pageRows = 500

export function runOf(ask: Http, id: string): Run {
  const path = `/runs/${encodeURIComponent(id)}`
  const status = () => ask<RunStatus>(path)
  const steer = (action: string) => () => ask<void>(`${path}/${action}`, { method: 'POST' })

  async function* pages({ cursor, table, signal }: ResultOptions = {}): AsyncGenerator<Results> {
    let next: string | null | undefined = cursor
    while (next !== null) {
      const page: Results = await ask<Results>(`${path}/results`, {
        query: { cursor: next, limit: pageRows, table },
        signal,
      })
      next = page.next
      if (page.rows.length > 0) yield page
      else if (next !== null) {
        if (hasStopped(await status())) return
        await pause(signal)
      }
    }
  }

  return {
    id,
    status,
    async wait({ signal } = {}) {
      for (;;) {
        const now = await ask<RunStatus>(path, { signal })
        if (now.status === 'finished' || hasStopped(now)) return now
        await pause(signal)
      }
    },
    pages,
    async *results<R = Row>(options?: ResultOptions) {
      for await (const { rows } of pages(options)) for (const { row } of rows) yield row as R
    },
    async *failures(selection = {}) {
      let cursor: string | undefined
      do {
        const page: Failures = await ask<Failures>(`${path}/failures`, {
          query: { ...selection, cursor, limit: pageRows },
        })
        yield* page.failures
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
    },
    failureGroups: () => ask<FailureGroups>(`${path}/failure-groups`),
    pause: steer('pause'),
    resume: steer('resume'),
    cancel: steer('cancel'),
    async retry(selection = {}) {
      for (;;) {
        const { run } = await ask<Retried>(`${path}/retry`, { method: 'POST', body: selection })
        if (run !== null) return runOf(ask, run)
        await pause()
      }
    },
  }
}

function hasStopped({ status }: RunStatus): boolean {
  return status === 'cancelled' || status === 'suspended'
}

function pause(signal?: AbortSignal): Promise<void> {
  return sleep(pollMs, undefined, signal === undefined ? {} : { signal })
}
