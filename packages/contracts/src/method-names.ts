/** METHOD: the paper's strategies, under its names. */
export const strategies = ['RecentDoc', 'RankDocBM25', 'RankDocDense', 'RankSnippet', 'RankDocBySnpt'] as const
export type Strategy = (typeof strategies)[number]

/** What `compare` puts side by side, in the paper's order, the ablations last. */
export const methods = [
  'ImmedCtx',
  'UserID',
  'LLMZeroShot',
  ...strategies,
  '+SumCtxInd',
  '+SumCtx',
  '+SynCtxInd',
  '+SynCtx',
  '+AuthorPred',
  'NoRankedEntries',
  'RemoveDocStart',
  'ImmedCtxAtEnd',
] as const
export type Method = (typeof methods)[number]
