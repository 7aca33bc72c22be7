/**
 * Documents of 1 KB read, sorted, planned and streamed back as authors, and the peak memory of the process.
 * `node --import tsx bench/ingest.ts [--documents 200000] [--json]`
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'

import { parseConfig } from '@idiolect/contracts/config'
import { ingest } from '@idiolect/corpus/ingest'

import { report } from './report.ts'

const { values } = parseArgs({ options: { documents: { type: 'string' }, json: { type: 'boolean' } } })
const documents = Number(values.documents ?? 200_000)
const documentsAnAuthor = 20
const words = Array.from({ length: 20_000 }, (_, index) =>
  Math.imul(index + 1, 0x9e3779b1)
    .toString(36)
    .slice(-6),
)

/** A linear congruential generator: the same corpus each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
}

async function writeDocuments(path: string): Promise<void> {
  const out = createWriteStream(path)
  const next = numbers(17)
  const authors = Math.ceil(documents / documentsAnAuthor)
  for (let index = 0; index < documents; index += 1) {
    let text = ''
    while (text.length < 1_000) text += `${words[next() % words.length]} `
    const document = {
      userId: `user-${next() % authors}`,
      docId: `doc-${index}`,
      timestamp: 1_500_000_000 + (next() % 1e8),
      title: 'A title',
      text,
    }
    if (!out.write(`${JSON.stringify(document)}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}

interface Cost {
  seconds: number
  cpuSeconds: number
}

async function cost<T>(work: () => Promise<T>): Promise<[T, Cost]> {
  const start = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 }]
}

const folder = await mkdtemp(join(tmpdir(), 'idiolect-bench-'))
const input = join(folder, 'documents.jsonl')
await writeDocuments(input)
const [corpus, reading] = await cost(() =>
  ingest({ inputs: [input], requests: [], workDir: join(folder, 'work'), rejects: join(folder, 'rejects.jsonl') }),
)
const config = parseConfig({ targets: { select: 'all' } })
const [plan, planning] = await cost(() => corpus.plan(config))
const [, streaming] = await cost(async () => {
  for await (const _author of corpus.authors(config));
})
await corpus.close()
await rm(folder, { recursive: true })

const rates = (name: string, { seconds, cpuSeconds }: Cost) => [
  { figure: name, value: documents / seconds, unit: 'documents/s' },
  { figure: `${name}, of one core`, value: documents / cpuSeconds, unit: 'documents/CPU-s' },
]
report('Documents of 1 KB out of core', [
  { figure: 'documents', value: documents },
  { figure: 'targets', value: plan.targets },
  ...rates('read, sort, de-duplicate', reading),
  ...rates('plan every target, with word frequencies', planning),
  ...rates('stream as authors', streaming),
  { figure: 'peak memory of the process', value: process.resourceUsage().maxRSS / 1024, unit: 'MiB' },
])
