import { endpointTries, modelRuns } from '@idiolect/contracts/model-events'
import type { Stage } from '@idiolect/contracts/stages'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

import type { BatchMeter, BatchOutcome } from './batch-meter.ts'
import { bucketBoundsSeconds } from './observe-workers.ts'

const endpointBoundsSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120]
const rowBounds = [1, 2, 4, 8, 16, 32, 64]
const batchStates: readonly BatchOutcome['state'][] = ['done', 'retried', 'returned', 'dropped', 'paused']
const fillBounds = [0.1, 0.25, 0.5, 0.75, 0.9, 1]

/** What a worker tells Prometheus; every series has its stage. Nothing is labelled with a run, a machine or a person. */
export function workerMetrics({
  stage,
  meter,
  concurrency,
}: {
  stage: Stage
  meter: BatchMeter
  concurrency: () => number
}): { registry: Registry; close(): void } {
  const registry = new Registry()
  registry.setDefaultLabels({ stage })
  collectDefaultMetrics({ register: registry })
  const endings = [watchBatches(registry, meter), watchModels(registry)]
  showState(registry, { meter, concurrency })
  return {
    registry,
    close() {
      for (const end of endings) end()
    },
  }
}

function watchBatches(registry: Registry, meter: BatchMeter): () => void {
  const registers = [registry]
  const batches = new Counter({
    name: 'idiolect_batches_total',
    help: 'Batches that came to an end: done, retried (to be tried again), returned (by a closing worker), dropped, paused',
    labelNames: ['state'],
    registers,
  })
  const records = new Counter({
    name: 'idiolect_records_total',
    help: 'Targets in the batches that were done: failed at this stage, or done',
    labelNames: ['state'],
    registers,
  })
  const failures = new Counter({
    name: 'idiolect_failures_total',
    help: 'Targets that failed at this stage, by the code of the error',
    labelNames: ['code'],
    registers,
  })
  const tokens = {
    promptTokens: new Counter({
      name: 'idiolect_prompt_tokens_total',
      help: 'Tokens that language models were given',
      registers,
    }),
    completionTokens: new Counter({
      name: 'idiolect_completion_tokens_total',
      help: 'Tokens that language models made',
      registers,
    }),
  }
  const buckets = [...bucketBoundsSeconds]
  const run = new Histogram({
    name: 'idiolect_batch_run_seconds',
    help: 'From the begin of a batch until it is handed on and counted',
    buckets,
    registers,
  })
  const wait = new Histogram({
    name: 'idiolect_batch_wait_seconds',
    help: 'From when a batch was put on the queue until its first attempt',
    buckets,
    registers,
  })
  // What can be told from the start, so that the first failure is an increase.
  for (const state of batchStates) batches.inc({ state }, 0)
  for (const state of ['done', 'failed']) records.inc({ state }, 0)
  return meter.onBatch((outcome, { runMs, waitMs }) => {
    batches.inc({ state: outcome.state })
    if (waitMs !== null) wait.observe(waitMs / 1000)
    if (outcome.state !== 'done') return
    run.observe(runMs / 1000)
    records.inc({ state: 'done' }, outcome.records - outcome.failures.length)
    records.inc({ state: 'failed' }, outcome.failures.length)
    for (const code of outcome.failures) failures.inc({ code })
    tokens.promptTokens.inc(outcome.usage.promptTokens)
    tokens.completionTokens.inc(outcome.usage.completionTokens)
  })
}

function watchModels(registry: Registry): () => void {
  const registers = [registry]
  const rows = new Histogram({
    name: 'idiolect_model_run_rows',
    help: 'Texts that went through a model at once',
    labelNames: ['model'],
    buckets: rowBounds,
    registers,
  })
  const fill = new Histogram({
    name: 'idiolect_model_run_fill_ratio',
    help: 'How much of what a model may be given at once it was given',
    labelNames: ['model'],
    buckets: fillBounds,
    registers,
  })
  const latency = new Histogram({
    name: 'idiolect_endpoint_try_seconds',
    help: 'From sending a request to a model server until its whole answer, or until none can come any more',
    labelNames: ['model'],
    buckets: endpointBoundsSeconds,
    registers,
  })
  const tries = new Counter({
    name: 'idiolect_endpoint_tries_total',
    help: 'Requests to a model server, each try: 2xx to 5xx by the status (429 by itself), none without a whole answer, garbage for a wrong one',
    labelNames: ['model', 'code'],
    registers,
  })
  const endRuns = modelRuns.listen((event) => {
    rows.observe({ model: event.model }, event.rows)
    fill.observe({ model: event.model }, event.fill)
  })
  const endTries = endpointTries.listen(({ model, code, seconds }) => {
    latency.observe({ model }, seconds)
    tries.inc({ model, code })
  })
  return () => {
    endRuns()
    endTries()
  }
}

/** Read when Prometheus asks. */
function showState(registry: Registry, { meter, concurrency }: { meter: BatchMeter; concurrency: () => number }): void {
  const registers = [registry]
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })
  /** Seconds since 1970 of a time on the meter's clock. */
  const timestamp = (atMs: number) => (Date.now() - (meter.state().nowMs - atMs)) / 1000
  gauge('idiolect_batches_in_work', 'Batches in work now', () => meter.state().active)
  gauge('idiolect_batches_in_work_limit', 'Batches that this worker may have in work at a time', concurrency)
  gauge('idiolect_last_batch_timestamp_seconds', 'When a batch last came to an end; the start before the first', () =>
    timestamp(meter.state().lastEndAt),
  )
  gauge('idiolect_last_fetch_timestamp_seconds', 'When Redis last answered the question for work', () =>
    timestamp(meter.state().lastFetchAt ?? meter.state().lastEndAt),
  )
  new Counter({
    name: 'idiolect_busy_seconds_total',
    help: 'Time with at least one batch in work',
    registers,
    collect() {
      this.reset()
      this.inc(meter.totals().busyMs / 1000)
    },
  })
}
