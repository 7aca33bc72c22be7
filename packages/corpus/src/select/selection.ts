import type { Config } from '@idiolect/contracts/config'

/** The part of a configuration, with the command's limit, that decides which documents and requests are targets. */
export interface Selection {
  targets: Config['targets']
  maxDocuments: number
  /** Only the dataset task bounds an author's number of targets. */
  sample: { seed: number } | null
  /** At most so many targets, the first in output order. */
  limit: number | null
  /** Whether Synthesize asks how common words are. */
  frequencies: boolean
}

export interface PlanOptions {
  limit?: number | undefined
}

export function selectionOf(config: Config, { limit }: PlanOptions): Selection {
  return {
    targets: config.targets,
    maxDocuments: config.history.maxDocuments,
    sample: config.task === 'dataset' ? { seed: config.seed } : null,
    limit: limit ?? null,
    frequencies: config.synthesize.method === 'SynCtxInd' || config.synthesize.method === 'SynCtx',
  }
}
