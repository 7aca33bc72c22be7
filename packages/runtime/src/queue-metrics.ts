import { stages } from '@idiolect/contracts/stages'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

import type { WorkerObservation } from './observe-workers.ts'
import type { Queues } from './queues.ts'
import type { RunObservation } from './run-progress.ts'
import { isUnderWay, type RunStatus } from './run-store.ts'

/** What the newest look at Redis saw; not `answering` where Redis was silent and the rest is what was known before. */
export type QueueLook = {
  answering: boolean
  runs: readonly ({ status: RunStatus } & Pick<RunObservation, 'targets' | 'committed' | 'failed' | 'stages'>)[]
  workforce: { workers: readonly WorkerObservation[] }
}

export type QueueMetrics = { contentType: string; metrics(): Promise<string> }

const states = { wait: 'waiting', active: 'active', delayed: 'delayed', failed: 'failed' } as const

/**
 * What is known of the whole installation, for Prometheus. A scrape costs what a look costs that nobody had yet, and a small command
 * a stage. While Redis is silent there is `idiolect_redis_answers 0`, and nothing that could be taken for news.
 */
export function queueMetrics(queues: Queues, look: () => Promise<QueueLook>): QueueMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const ofRedis: Gauge[] = []
  const gauge = (name: string, help: string, labelNames: string[]) => {
    const made = new Gauge({ name, help, labelNames, registers: [registry] })
    ofRedis.push(made)
    return made
  }

  const answers = gauge('idiolect_redis_answers', '1 while Redis answers the dashboard, otherwise 0', [])
  const depth = gauge('idiolect_queue_batches', 'Batches on the queue of a stage', ['stage', 'state'])
  const backlogRecords = gauge('idiolect_backlog_records', 'Targets that have come to a stage and are not through', [
    'stage',
  ])
  const backlogSeconds = gauge(
    'idiolect_backlog_seconds',
    'How long the backlog takes a stage, one batch at a time, if it goes on as it has',
    ['stage'],
  )
  const workers = gauge('idiolect_workers', 'Workers that have reported in the last 20 s', ['stage'])
  const runs = gauge('idiolect_runs', 'The newest runs, by status', ['state'])
  const targets = gauge('idiolect_run_targets', 'Targets of these runs', ['state'])
  const committed = gauge('idiolect_run_committed', 'Targets that their output folders hold, failed ones included', [
    'state',
  ])
  const failed = gauge('idiolect_run_failed', 'Targets that failed', ['state'])

  const showLook = async (): Promise<boolean> => {
    const { answering, runs: seen, workforce } = await look()
    if (!answering) return false
    for (const stage of stages) {
      workers.set({ stage }, workforce.workers.filter((worker) => worker.stage === stage).length)
      const ofStage = seen
        .filter(({ status }) => isUnderWay(status))
        .flatMap((run) => run.stages.filter((observed) => observed.stage === stage))
      backlogRecords.set({ stage }, sum(ofStage.map((observed) => observed.backlogRecords)))
      backlogSeconds.set({ stage }, sum(ofStage.map((observed) => observed.backlogSeconds ?? 0)))
    }
    for (const state of ['admitting', 'running', 'finished', 'suspended', 'cancelled'] satisfies RunStatus[]) {
      const ofState = seen.filter(({ status }) => status === state)
      runs.set({ state }, ofState.length)
      targets.set({ state }, sum(ofState.map((run) => run.targets)))
      committed.set({ state }, sum(ofState.map((run) => run.committed)))
      failed.set({ state }, sum(ofState.map((run) => run.failed)))
    }
    return true
  }

  const showDepths = async (): Promise<void> => {
    const names = Object.keys(states) as (keyof typeof states)[]
    await Promise.all(
      stages.map(async (stage) => {
        const counts = await queues.queue(stage).getJobCounts(...names)
        for (const name of names) depth.set({ stage, state: states[name] }, counts[name] ?? 0)
      }),
    )
  }

  return {
    contentType: registry.contentType,
    async metrics() {
      for (const each of ofRedis) each.reset()
      const answering = await showLook()
      answers.set(answering ? 1 : 0)
      if (answering) await showDepths()
      return registry.metrics()
    },
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
