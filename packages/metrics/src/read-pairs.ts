import { IdiolectError } from '@idiolect/contracts/errors'

import type { EvaluationRow } from './evaluate.ts'
import { type IdentifiedText, readTexts, textFormat } from './read-texts.ts'

const maxNamedIds = 5

/**
 * The pairs of a file of predictions (`output`, `prediction` or `text`) and one of references (`reference`, `output` or `text`,
 * and the given start as `context` where there is one). Paired by id, in any order; bare text lines by line number. Where both
 * files have the same order nothing is held back, otherwise each text waits in memory for the other.
 *
 * @throws IdiolectError `input_missing`; `input_unusable` for what cannot be read, and with the ids that only one file has.
 */
export async function* readPairs(paths: { predictions: string; references: string }): AsyncGenerator<EvaluationRow> {
  const [ofPredictions, ofReferences] = [await textFormat(paths.predictions), await textFormat(paths.references)]
  if ((ofPredictions === 'lines') !== (ofReferences === 'lines')) {
    const [bare, other] =
      ofPredictions === 'lines' ? [paths.predictions, paths.references] : [paths.references, paths.predictions]
    throw new IdiolectError(
      'input_unusable',
      `${bare} has bare text lines and ${other} has ids; both must have the same`,
    )
  }
  const predictions = readTexts(paths.predictions, { format: ofPredictions, keys: ['output', 'prediction', 'text'] })
  const references = readTexts(paths.references, { format: ofReferences, keys: ['reference', 'output', 'text'] })
  const waitingPredictions = new Map<string, IdentifiedText>()
  const waitingReferences = new Map<string, IdentifiedText>()
  for (;;) {
    const [prediction, reference] = [await predictions.next(), await references.next()]
    if (prediction.done && reference.done) break
    if (!prediction.done) waitingPredictions.set(prediction.value.id, prediction.value)
    if (!reference.done) waitingReferences.set(reference.value.id, reference.value)
    const arrived = new Set([prediction.value?.id, reference.value?.id])
    for (const id of arrived) {
      const row = id === undefined ? null : takePair(id, waitingPredictions, waitingReferences)
      if (row !== null) yield row
    }
  }
  const problems = [
    ...unpaired(paths.references, waitingPredictions),
    ...unpaired(paths.predictions, waitingReferences),
  ]
  if (problems.length > 0) throw new IdiolectError('input_unusable', problems.join('; '))
}

function takePair(
  id: string,
  predictions: Map<string, IdentifiedText>,
  references: Map<string, IdentifiedText>,
): EvaluationRow | null {
  const prediction = predictions.get(id)
  const reference = references.get(id)
  if (prediction === undefined || reference === undefined) return null
  predictions.delete(id)
  references.delete(id)
  return { id, output: prediction.text, reference: reference.text, context: reference.context }
}

function unpaired(path: string, waiting: Map<string, IdentifiedText>): string[] {
  if (waiting.size === 0) return []
  const named = [...waiting.keys()].slice(0, maxNamedIds).map((id) => `"${id}"`)
  const rest = waiting.size > maxNamedIds ? ` and ${waiting.size - maxNamedIds} more` : ''
  return [`${path} lacks ${named.join(', ')}${rest}`]
}
