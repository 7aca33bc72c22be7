/**
 * The stage STAGE, without anything of its own: it is at its records for as long as the file of HELD_BY is there, and the first time
 * that it meets a record with a `fault` it throws that.
 */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { isStage } from '@idiolect/contracts/stages'
import { runService } from '@idiolect/runtime/run-service'
import { z } from 'zod'

const { STAGE = '', HELD_BY = '' } = process.env
if (!isStage(STAGE)) throw new Error(`STAGE is ${STAGE}`)

const thrown = new Set<string>()

await runService(process, () => ({
  definition: {
    stage: STAGE,
    input: z.looseObject({ ordinal: z.int(), id: z.string(), fault: z.string().optional() }),
    process: async (records) => {
      while (existsSync(HELD_BY)) await sleep(50)
      for (const { fault } of records) {
        if (fault === undefined || thrown.has(fault)) continue
        thrown.add(fault)
        throw new Error(fault)
      }
      return { outcomes: records.map((record) => ({ ok: true, record })) }
    },
  },
  concurrency: 1,
}))
