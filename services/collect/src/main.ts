import { generatedTargetSchema } from '@idiolect/contracts/records'
import { finishIfComplete } from '@idiolect/runtime/finish-run'
import { runService } from '@idiolect/runtime/run-service'

import { collectBatch } from './collect.ts'

await runService(process, () => ({
  definition: {
    stage: 'collect',
    input: generatedTargetSchema,
    process: async (records) => ({ outcomes: records.map((record) => ({ ok: true, record })) }),
  },
  concurrency: 4,
  deliver: collectBatch,
  afterBatch: finishIfComplete,
}))
