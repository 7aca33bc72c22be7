import { type Job, type Processor, Worker, type WorkerOptions } from 'bullmq'

/**
 * BullMQ's worker, which also tells when Redis has answered its question for work. It has no event for that: `drained` comes once when
 * a queue runs empty, and then nothing for as long as it stays so, exactly like from a worker that no longer asks.
 */
export class TellingWorker extends Worker {
  // Called in Worker's methods only, and these once it runs: after this constructor, since `autorun` is off.
  readonly #onFetched: () => void

  constructor(queue: string, process: Processor, { onFetched, ...options }: WorkerOptions & { onFetched: () => void }) {
    super(queue, process, { ...options, autorun: false })
    this.#onFetched = onFetched
  }

  protected override nextJobFromJobData(...answer: Parameters<Worker['nextJobFromJobData']>): Promise<Job> {
    this.#onFetched()
    return super.nextJobFromJobData(...answer)
  }
}
