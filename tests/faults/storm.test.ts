import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { programForTests } from '@idiolect/local-redis/program-for-tests'
import { expect, test } from 'vitest'

import { runStorm } from './storm.ts'
import { complaintsOf, describe } from './storm-report.ts'
import { runUndisturbed } from './undisturbed.ts'

// Some 35 s of faults; the rest is importing mail, the undisturbed run, starting a dozen processes and letting waits end.
const durationMs = 35_000

test('of 1,000 targets in a storm of faults none is lost, doubled or other than in peace, and nothing is left behind', {
  timeout: 600_000,
}, async ({ signal }) => {
  const dir = await mkdtemp(join(tmpdir(), 'idiolect-storm-'))
  const program = await programForTests()
  const undisturbed = await runUndisturbed(program, join(dir, 'undisturbed'))
  try {
    expect(undisturbed.targets).toBeGreaterThanOrEqual(1000)
    const seed = process.env.STORM_SEED ?? '1'
    const report = await runStorm({ seed, durationMs, dir, program, undisturbed, log: console.log, signal })
    console.log(describe(report))
    expect(complaintsOf(report)).toEqual([])
    expect(Math.min(...Object.values(report.strikes))).toBeGreaterThan(0)
    await rm(dir, { recursive: true, force: true })
  } finally {
    await undisturbed.endpoint.close()
  }
})
