import { parseRequest, requestFields } from '@idiolect/corpus/input/parse-record'
import { readValues } from '@idiolect/corpus/input/read-values'

/** The ids of a user's requests, as far as the files are still there: `missing` names the others. */
export async function requestIdsOf(
  userId: string,
  files: readonly { path: string }[],
  signal: AbortSignal,
): Promise<{ ids: Set<string>; missing: string[] }> {
  const ids = new Set<string>()
  const missing: string[] = []
  for (const { path } of files) {
    try {
      for await (const readings of readValues(path, { fields: requestFields, onRaw: () => {}, signal })) {
        for (const reading of readings) {
          const parsed = 'fault' in reading ? reading : parseRequest(reading.value)
          if ('record' in parsed && parsed.record.userId === userId) ids.add(parsed.record.requestId)
        }
      }
    } catch {
      signal.throwIfAborted()
      missing.push(path)
    }
  }
  return { ids, missing }
}
