/** The stages in the order in which a record passes them. Nothing else in the project knows this order. */
export const stages = ['embed', 'rank', 'summarize', 'synthesize', 'generate', 'collect'] as const

export type Stage = (typeof stages)[number]

export const firstStage: Stage = stages[0]

/** The stage that a batch goes to after `stage`; null after the last. */
export function stageAfter(stage: Stage): Stage | null {
  return stages[stages.indexOf(stage) + 1] ?? null
}

export function isStage(name: string): name is Stage {
  return (stages as readonly string[]).includes(name)
}
