/**
 * Runs of real mail in a storm of faults, one after another until the time is over, each held against an undisturbed one.
 * `npm run test:faults -- [--minutes 5] [--seed 7]`; exit code 1 if anything was lost, doubled, changed or left behind.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { programForTests } from '@idiolect/local-redis/program-for-tests'

import { runStorm } from './storm.ts'
import { complaintsOf, describe } from './storm-report.ts'
import { runUndisturbed } from './undisturbed.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '7' } },
})

// Of a run's faults; it takes some 30 s more to start and to end.
const stormMs = 60_000

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error(signal)))

const until = performance.now() + Number(values.minutes) * 60_000
const log = (line: string) => console.log(line)
const dir = await mkdtemp(join(tmpdir(), 'idiolect-storm-'))
const program = await programForTests()
log('An undisturbed run first …')
const undisturbed = await runUndisturbed(program, join(dir, 'undisturbed'))
let wrong = 0
let isThrough = false
try {
  for (let round = 1; round === 1 || performance.now() < until; round++) {
    const seed = `${values.seed}-${round}`
    log(`\nStorm ${seed}`)
    const report = await runStorm({
      seed,
      durationMs: stormMs,
      dir: join(dir, seed),
      program,
      undisturbed,
      log,
      signal: interrupted.signal,
    })
    log(describe(report))
    wrong += complaintsOf(report).length
  }
  isThrough = true
} finally {
  await undisturbed.endpoint.close()
  if (isThrough && wrong === 0) await rm(dir, { recursive: true, force: true })
  else log(`\nEverything of it is in ${dir}`)
}
process.exitCode = wrong === 0 ? 0 : 1
