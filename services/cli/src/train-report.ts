import type { ModelIdentity } from '@idiolect/contracts/batch'
import { type PairedTTest, pairedTTest } from '@idiolect/metrics/paired-t-test'
import {
  areaUnderCurve,
  type Choice,
  type ChoiceMethod,
  choiceMethods,
  type Scores,
  scoresOf,
  type TargetChoices,
} from '@idiolect/selectors/choice-scores'
import type { Selector, SelectorKind } from '@idiolect/selectors/selector'

/** Averages over the targets. */
type MethodScores = Scores & {
  method: ChoiceMethod
  /** Candidates that are chosen. */
  chosen: number
  /** Of summaries: F1 over characters. */
  charactersF1?: number
}

/** Against the context-independent method, over the same targets. */
type Test = PairedTTest & {
  method: 'trained' | 'trainedUncapped'
  measure: 'f1' | 'charactersF1'
  f1: number
  independentF1: number
}

/** How well a trained selector finds the weak labels of validation and test users. */
export type TrainReport = {
  kind: SelectorKind
  model: ModelIdentity
  threshold: number
  trainedOn: Selector['trainedOn'] & { rowsRead: number }
  /** Characters of a summary or number of words that `trained` keeps to. */
  limit: number
  heldOut: { rows: number; users: number; candidates: number; labels: number }
  methods: MethodScores[]
  /** Area under the ROC curve of the selector's probabilities; null where every candidate, or none, is in a label. */
  auc: number | null
  tests: Test[]
}

/** @param choices of the held-out targets, at least one */
export function trainReport(
  choices: readonly TargetChoices[],
  { selector, read, limit }: { selector: Selector; read: number; limit: number },
): TrainReport {
  const { kind, model, threshold, trainedOn } = selector
  const curve = areaUnderCurve()
  for (const { probabilities, labels } of choices) curve.add(probabilities, labels)
  const methods = choiceMethods.flatMap((method) => methodScores(method, choicesOf(method, choices)))
  const heldOut = {
    rows: choices.length,
    users: new Set(choices.map(({ userId }) => userId)).size,
    candidates: sum(choices.map(({ labels }) => labels.length)),
    labels: sum(choicesOf('trained', choices).map(({ labelled }) => labelled)),
  }
  const tests = [
    ...againstIndependent('trained', 'f1', choices),
    ...againstIndependent('trained', 'charactersF1', choices),
    ...againstIndependent('trainedUncapped', 'f1', choices),
  ]
  return {
    kind,
    model,
    threshold,
    trainedOn: { rowsRead: read, ...trainedOn },
    limit,
    heldOut,
    methods,
    auc: curve.value(),
    tests,
  }
}

function choicesOf(method: ChoiceMethod, choices: readonly TargetChoices[]): Choice[] {
  return choices.flatMap(({ methods }) => methods[method] ?? [])
}

function charactersOf(choices: readonly Choice[]): Choice[] {
  return choices.flatMap(({ characters }) => characters ?? [])
}

function methodScores(method: ChoiceMethod, choices: readonly Choice[]): MethodScores[] {
  if (choices.length === 0) return []
  const scores = choices.map(scoresOf)
  const characters = charactersOf(choices)
  return [
    {
      method,
      chosen: mean(choices.map(({ chosen }) => chosen)),
      precision: mean(scores.map(({ precision }) => precision)),
      recall: mean(scores.map(({ recall }) => recall)),
      f1: mean(scores.map(({ f1 }) => f1)),
      ...(characters.length === 0 ? {} : { charactersF1: mean(characters.map((choice) => scoresOf(choice).f1)) }),
    },
  ]
}

function againstIndependent(
  method: Test['method'],
  measure: Test['measure'],
  choices: readonly TargetChoices[],
): Test[] {
  const [own, independent] = ([method, 'contextIndependent'] as const).map((name) => {
    const all = choicesOf(name, choices)
    return (measure === 'f1' ? all : charactersOf(all)).map((choice) => scoresOf(choice).f1)
  }) as [number[], number[]]
  if (own.length === 0 || own.length !== independent.length) return []
  return [{ method, measure, f1: mean(own), independentF1: mean(independent), ...pairedTTest(own, independent) }]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
