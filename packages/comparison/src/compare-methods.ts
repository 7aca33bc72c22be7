import { IdiolectError } from '@idiolect/contracts/errors'
import { type Method, methods as methodOrder } from '@idiolect/contracts/method-names'
import { type PairedTTest, pairedTTest } from '@idiolect/metrics/paired-t-test'
import { type PairMetric, type PairMetrics, pairMetrics } from '@idiolect/metrics/score-pair'

import type { Authorship, AuthorshipScore } from './authorship.ts'
import { meanInterval } from './bootstrap.ts'
import type { AuthorshipScores, Comparison, MethodComparison, PartScores } from './comparison.ts'
import type { MethodScores, ScoredMethods } from './score-methods.ts'

type Part = 'whole' | 'continuation'

/**
 * Each method's figures and its tests against the baseline, target by target.
 * @param options.asked the methods of the run, those without a row included
 * @throws IdiolectError `input_unusable` when the baseline has no row
 */
export function compareMethods(
  scored: ScoredMethods,
  options: { baseline: Method; asked: readonly Method[]; authorship: Authorship | null },
): Comparison {
  const { baseline, authorship } = options
  const against = scored.methods.get(baseline)
  if (against === undefined) {
    throw new IdiolectError('input_unusable', `The baseline ${baseline} has no text; name another with --baseline`)
  }
  const compareOne = (method: Method, own: MethodScores): MethodComparison => {
    const other = method === baseline ? null : against
    const { count, skipped, continuation } = own.evaluation
    return {
      method,
      missing: scored.targetIds.length - count - skipped,
      skipped,
      whole: partScores('whole', own, other),
      continuation: continuation === null ? null : partScores('continuation', own, other),
      authorship: authorshipScores(
        authorship?.methods.get(method),
        method === baseline ? undefined : authorship?.methods.get(baseline),
      ),
    }
  }
  return {
    baseline,
    targets: scored.targetIds.length,
    authors: scored.authors,
    methods: methodOrder.flatMap((method) => {
      const own = scored.methods.get(method)
      return own === undefined ? [] : [compareOne(method, own)]
    }),
    absent: methodOrder.filter((method) => options.asked.includes(method) && !scored.methods.has(method)),
    authorship: authorship && {
      negatives: authorship.negatives,
      truth: authorshipScores(authorship.truth),
      stranger: authorshipScores(authorship.stranger),
    },
  }
}

function partScores(part: Part, own: MethodScores, baseline: MethodScores | null): PartScores {
  const { count } = part === 'whole' ? own.evaluation : own.evaluation.continuation!
  const { bleu, bleuSentence, rouge1, rouge2, rougeL, repetition, lengthRatio } = own.evaluation[part]!
  const values = (metric: PairMetric) =>
    own.scores.flatMap((scores) => {
      const ofPart = scores?.[part]
      return ofPart ? [ofPart[metric]] : []
    })
  return {
    count,
    bleu,
    bleuSentence,
    rouge1,
    rouge2,
    rougeL,
    repetition,
    lengthRatio,
    intervals: { bleu: own.bleuIntervals[part], ...everyMetric((metric) => meanInterval(values(metric))) },
    tests: baseline && testMetrics(pairsOf(part, own, baseline)),
  }
}

/** The targets that both have, in the same order. */
function pairsOf(part: Part, own: MethodScores, baseline: MethodScores): [PairMetrics, PairMetrics][] {
  return own.scores.flatMap((scores, place): [PairMetrics, PairMetrics][] => {
    const [a, b] = [scores?.[part], baseline.scores[place]?.[part]]
    return a && b ? [[a, b]] : []
  })
}

function testMetrics(pairs: [PairMetrics, PairMetrics][]): Record<PairMetric, PairedTTest> {
  return everyMetric((metric) =>
    pairedTTest(
      pairs.map(([own]) => own[metric]),
      pairs.map(([, other]) => other[metric]),
    ),
  )
}

function everyMetric<Value>(figureOf: (metric: PairMetric) => Value): Record<PairMetric, Value> {
  return Object.fromEntries(pairMetrics.map((metric) => [metric, figureOf(metric)])) as Record<PairMetric, Value>
}

type ScoresByTarget = ReadonlyMap<string, AuthorshipScore>

function authorshipScores(own: ScoresByTarget | undefined, baseline?: ScoresByTarget): AuthorshipScores | null {
  if (own === undefined || own.size === 0) return null
  const aucs = [...own.values()].map(({ auc }) => auc)
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const pairs = [...own].flatMap(([targetId, { auc }]): [number, number][] => {
    const other = baseline?.get(targetId)
    return other === undefined ? [] : [[auc, other.auc]]
  })
  return {
    count: own.size,
    score: mean([...own.values()].map(({ score }) => score)),
    auc: mean(aucs),
    interval: meanInterval(aucs),
    test:
      baseline === undefined
        ? null
        : pairedTTest(
            pairs.map(([a]) => a),
            pairs.map(([, b]) => b),
          ),
  }
}
