import fc from 'fast-check'
import { expect, test } from 'vitest'

import { turnstile } from './turnstile.ts'

test('what runs alone overlaps with nothing, the rest runs side by side, and everything runs once in its turn', async () => {
  const jobs = fc.array(fc.record({ alone: fc.boolean(), fails: fc.boolean() }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), jobs, async (scheduler, planned) => {
      const { shared, alone } = turnstile()
      const running = new Set<number>()
      const begun: number[] = []
      let mostTogether = 0
      const work = (index: number) => async () => {
        begun.push(index)
        running.add(index)
        if (planned[index]!.alone) expect(running.size).toBe(1)
        else expect([...running].every((other) => !planned[other]!.alone)).toBe(true)
        mostTogether = Math.max(mostTogether, running.size)
        await scheduler.schedule(Promise.resolve())
        running.delete(index)
        if (planned[index]!.fails) throw new Error('as planned')
      }
      const all = Promise.allSettled(
        planned.map((job, index) => (job.alone ? alone(work(index)) : shared(work(index)))),
      )
      await scheduler.waitFor(all)
      const settled = await all
      expect(begun).toEqual([...planned.keys()])
      expect(settled.map(({ status }) => status === 'rejected')).toEqual(planned.map(({ fails }) => fails))
      if (planned.length > 1 && planned.every((job) => !job.alone)) expect(mostTogether).toBeGreaterThan(1)
    }),
  )
})
