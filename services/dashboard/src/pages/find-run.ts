import { IdiolectError } from '@idiolect/contracts/errors'
import type { Queues } from '@idiolect/runtime/queues'
import type { Run } from '@idiolect/runtime/run-store'

// The connection itself waits for as long as Redis is away; a page does not.
const patienceMs = 3_000

/**
 * The run as Redis has it now; null where it knows none.
 * @throws IdiolectError `redis_unreachable`
 */
export async function findRun({ store }: Queues, id: string): Promise<Run | null> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new IdiolectError('redis_unreachable', 'Redis does not answer; load the page again when it does')),
      patienceMs,
    )
  })
  try {
    return await Promise.race([store.find(id), silence])
  } finally {
    clearTimeout(timer)
  }
}
