import type { GenerationRequest, GenerationResult, TextGenerator } from './text-generator.ts'

/** A result for each record, in order, from one call of the generator, which is needed where one asks; null for those that have nothing to ask. */
export async function answerEach<T>(
  records: readonly T[],
  requestOf: (record: T) => GenerationRequest | null,
  { generator, signal }: { generator: TextGenerator | null; signal: AbortSignal },
): Promise<Array<GenerationResult | null>> {
  const requests = records.map(requestOf)
  const asked = requests.filter((request) => request !== null)
  const answers = asked.length === 0 ? [] : await generator!.generate(asked, signal)
  let next = 0
  return requests.map((request) => (request === null ? null : answers[next++]!))
}
