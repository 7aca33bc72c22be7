import { IdiolectError } from '@idiolect/contracts/errors'

import type { StageContext, StageDefinition, StageResult } from './stage-definition.ts'

// Far more than any stage takes that is still getting somewhere: a small model on a busy core needs some 20 s a record.
const leastMs = 300_000
const perRecordMs = 60_000

/** How long a stage's call with so many records may take. */
export function longestCallMs(records: number): number {
  return leastMs + perRecordMs * records
}

/**
 * A stage's work on some records, with an end: a call that never comes back would hold its batch for ever, since the lock is renewed
 * beside it. The stage is told to stop by its signal and no longer waited for.
 * @throws IdiolectError `stage_timeout`
 */
export async function processWithin<In, Out>(
  definition: StageDefinition<In, Out>,
  records: In[],
  { context, limitMs = longestCallMs(records.length) }: { context: StageContext; limitMs?: number | undefined },
): Promise<StageResult<Out>> {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const message = `${definition.stage} did not come back within ${Math.round(limitMs / 1000)} s`
      const error = new IdiolectError('stage_timeout', message)
      stop.abort(error)
      reject(error)
    }, limitMs)
  })
  const signal = AbortSignal.any([context.signal, stop.signal])
  try {
    return await Promise.race([definition.process(records, { ...context, signal }), late])
  } finally {
    clearTimeout(timer)
  }
}
