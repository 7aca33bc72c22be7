import { bestThreshold, type Judged } from './best-threshold.ts'
import { type BoostingOptions, fitBoostedTrees } from './boosted-trees.ts'
import type { LabelledTarget } from './labelled-target.ts'
import { featuresOf, type SelectorFile, type SelectorKind } from './selector.ts'
import { probabilities } from './tree-ensemble.ts'
import { withPropensities } from './word-candidates.ts'
import { learnPropensities, propensityOf } from './word-propensities.ts'

/**
 * Judged on held-out users. Snippets (625 targets): single splits had a lower loss than deeper trees, and logistic regression over
 * the columns and their squares 0.002 less F1. Words (2,163 targets): depth 4 had 0.004 more F1 than depth 1 and 0.002 more than
 * logistic regression.
 */
const boosting: Record<SelectorKind, BoostingOptions> = {
  summarizer: { rounds: 200, depth: 1, rate: 0.1 },
  synthesizer: { rounds: 80, depth: 4, rate: 0.1 },
}

/** Parts of the users that the threshold is found on, each by a model of the others. */
const folds = 3

type Fitted = Pick<SelectorFile, 'trees' | 'propensities'>

export type FitOptions = {
  kind: SelectorKind
  trainedOn: Omit<SelectorFile['trainedOn'], 'rows' | 'users' | 'candidates'>
  signal?: AbortSignal | undefined
}

/**
 * Fits a selector. The threshold is the one with the highest F1 on average over the targets, where each user's are judged by a
 * model of other users (in three parts; with fewer than three users by the model itself). The order of the targets does not matter.
 * @throws the signal's reason once it is aborted
 */
export async function fitSelector(targets: readonly LabelledTarget[], options: FitOptions): Promise<SelectorFile> {
  const { kind, trainedOn, signal } = options
  const byUser = groupByUser(targets)
  const isSplit = byUser.length >= folds
  const judged: Judged[] = []
  for (let fold = 0; isSplit && fold < folds; fold += 1) {
    const others = await fit(
      byUser.filter((_, user) => user % folds !== fold),
      kind,
      signal,
    )
    for (const [user, own] of byUser.entries()) if (user % folds === fold) judged.push(...judge(others, own, kind))
  }
  const fitted = await fit(byUser, kind, signal)
  if (!isSplit) judged.push(...judge(fitted, byUser.flat(), kind))
  return {
    kind,
    features: [...featuresOf[kind]],
    threshold: bestThreshold(judged),
    trainedOn: {
      rows: targets.length,
      users: byUser.length,
      candidates: targets.reduce((sum, { labels }) => sum + labels.length, 0),
      ...trainedOn,
    },
    ...fitted,
  }
}

/** Users, and the targets of each, by name. */
function groupByUser(targets: readonly LabelledTarget[]): LabelledTarget[][] {
  const users = new Map<string, LabelledTarget[]>()
  for (const target of targets) {
    const own = users.get(target.userId)
    if (own === undefined) users.set(target.userId, [target])
    else own.push(target)
  }
  const byName = [...users].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own)
  for (const own of byName) own.sort((a, b) => (a.id < b.id ? -1 : 1))
  return byName
}

async function fit(byUser: readonly LabelledTarget[][], kind: SelectorKind, signal?: AbortSignal): Promise<Fitted> {
  const targets = byUser.flat()
  const columns = featuresOf[kind].length
  const rows = targets.reduce((sum, { labels }) => sum + labels.length, 0)
  const values = new Float32Array(rows * columns)
  const labels = new Uint8Array(rows)
  const learned = kind === 'synthesizer' ? learnPropensities(targets) : null
  let row = 0
  for (const own of byUser) {
    const propensity = learned?.withoutUser(own)
    for (const target of own) {
      values.set(propensity === undefined ? target.values : withPropensities(target, propensity), row * columns)
      labels.set(target.labels, row)
      row += target.labels.length
    }
  }
  const trees = await fitBoostedTrees({ rows, columns, values, labels }, { ...boosting[kind], signal })
  return learned === null ? { trees } : { trees, propensities: learned.propensities }
}

function judge({ trees, propensities }: Fitted, targets: readonly LabelledTarget[], kind: SelectorKind): Judged[] {
  const columns = featuresOf[kind].length
  const propensity = propensities === undefined ? undefined : propensityOf(propensities)
  return targets.map((target) => {
    const values = propensity === undefined ? target.values : withPropensities(target, propensity)
    return { labels: target.labels, probabilities: probabilities(trees, values, columns) }
  })
}
