import type { Config } from '@idiolect/contracts/config'
import { runConfigs } from '@idiolect/contracts/methods'
import { needsFrequencies } from '@idiolect/contracts/needs'
import { splitOf, teachesSelectors } from '@idiolect/contracts/split'

/** The part of a configuration, with the command's limit, that decides which documents and requests are targets. */
export interface Selection {
  targets: Config['targets']
  history: Config['history']
  /** Decide who belongs to which part of the users. */
  seed: number
  split: Config['split']
  /** Only the dataset task bounds an author's number of targets, and pairs targets for author distinction. */
  dataset: boolean
  /** At most so many targets, the first in output order. */
  limit: number | null
  /** Over which documents words are counted, where Synthesize asks how common they are. METHOD "Synthesize", IDF. */
  frequencies: 'trainingUsers' | 'nobodysTargets' | null
}

export interface PlanOptions {
  limit?: number | undefined
}

export function selectionOf(config: Config, { limit }: PlanOptions): Selection {
  const dataset = config.task === 'dataset'
  return {
    targets: config.targets,
    history: config.history,
    seed: config.seed,
    split: config.split,
    dataset,
    limit: limit ?? null,
    frequencies: runConfigs(config).some(needsFrequencies) ? (dataset ? 'trainingUsers' : 'nobodysTargets') : null,
  }
}

/** Whether an author may have targets at all. */
export function isWanted(userId: string, selection: Selection): boolean {
  const { users } = selection.targets
  if (users === 'all') return true
  return users === 'heldOut' ? !teachesSelectors(userId, selection) : splitOf(userId, selection) === users
}
