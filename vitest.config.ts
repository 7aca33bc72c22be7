import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Whole pipelines first, the storm of faults before all: what takes minutes does not begin when the rest is through. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      moduleId.endsWith('storm.test.ts') ? 0 : moduleId.startsWith(`${import.meta.dirname}/tests/`) ? 1 : 2
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    // ONNX Runtime's typed arrays do not survive the vm pools.
    pool: 'forks',
    globalSetup: ['tests/redis.ts'],
    sequence: { sequencer: LongestFirst },
    // One more than the two cores that this is meant for: a tenth of the time is spent waiting for processes to be there.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
