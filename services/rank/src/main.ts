import { embeddedAuthorSchema } from '@idiolect/contracts/records'
import { runService } from '@idiolect/runtime/run-service'

import { rankAuthors } from './rank.ts'

await runService(process, () => ({
  definition: {
    stage: 'rank',
    input: embeddedAuthorSchema,
    process: async (authors, { run: { config }, signal }) => ({
      outcomes: await rankAuthors(authors, { config, signal }),
    }),
  },
  concurrency: 2,
}))
