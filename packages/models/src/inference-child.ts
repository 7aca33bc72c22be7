import { codeOf } from '@idiolect/contracts/errors'
import { type ModelRun, modelRuns } from '@idiolect/contracts/model-events'
import { reportableError } from '@idiolect/contracts/reportable-error'

import type { Answer } from './inference-process.ts'

export type OpenedModel = { opened: unknown; call: (input: unknown) => Promise<unknown> }

/**
 * The child's side of `startInference`: the first message opens the model, each later one is a call, each has one answer.
 * The child lives as long as its channel. Ctrl-C and a service manager's SIGTERM reach a whole process group: the parent
 * decides when its model stops, so that work in hand is finished.
 */
export function serveInference(open: (opening: unknown) => Promise<OpenedModel>): void {
  let model: OpenedModel | undefined
  let runs: ModelRun[] = []
  modelRuns.listen((run) => runs.push(run))
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.on('disconnect', () => process.exit())
  process.on('message', async (message) => {
    const answer = await answerTo(async () => {
      if (model !== undefined) return model.call(message)
      model = await open(message)
      return model.opened
    })
    process.send?.({ ...answer, runs })
    runs = []
  })
}

async function answerTo(work: () => Promise<unknown>): Promise<Answer> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    // The runtime throws plain errors, which speak of nodes and shapes.
    const { message } = error instanceof Error && error.name === 'Error' ? error : reportableError(error)
    return { ok: false, code: codeOf(error), message }
  }
}
