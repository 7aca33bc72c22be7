import type { GeneratedTarget } from '@idiolect/contracts/records'

/** A line of `generations.jsonl`: the record without what only the stages needed, time as ISO-8601. */
export function generationRow(record: GeneratedTarget) {
  const { id, userId, docId, timestamp, method, context, entries, summary, keyElements, prompt, output, reference } =
    record
  const { model, usage, finishReason, seed } = record
  return {
    id,
    userId,
    ...(docId === undefined ? {} : { docId }),
    timestamp: new Date(timestamp).toISOString(),
    method,
    context,
    entries,
    summary,
    keyElements,
    prompt,
    output,
    ...(reference === undefined ? {} : { reference }),
    model,
    usage,
    finishReason,
    seed,
  }
}
