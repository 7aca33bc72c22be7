/**
 * Documents of 1 KB read, sorted, planned and streamed back as authors, and the memory that takes.
 * `node --import tsx bench/ingest.ts [--documents 200000] [--json]`; ten million take 26 GB of disk.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createGzip } from 'node:zlib'

import { parseConfig } from '@idiolect/contracts/config'
import { ingest } from '@idiolect/corpus/ingest'

import { type Figure, report } from './report.ts'

const { values } = parseArgs({
  options: { documents: { type: 'string' }, json: { type: 'boolean' }, 'write-to': { type: 'string' } },
})
const documents = Number(values.documents ?? 200_000)
const files = 4
const documentsAnAuthor = 20
const meanChars = 1_000

/** Of a hundred documents so many are an earlier line again, an earlier text again under a new id, or an earlier text with changes. */
const copies = { lines: 1, texts: 2, edited: 2 }

/** Twenty million different words, of which a text of n words holds some (n / 4)^0.8, as English does; 90 % are of the first 6,000. */
const vocabulary = 20_000_000
const zipfExponent = 1.25
const zipfShift = 4

/** Words of five letters, rarer ones of seven. */
function wordOfRank(rank: number): string {
  const syllable = (index: number) => 'bcdfghjklmnprstvwxyz'[index % 20]! + 'aeiou'[Math.floor(index / 20) % 5]!
  const rest = Math.floor(rank / 2_000)
  const start = syllable(rank) + 'lmnrstckpdfgbvxzhjwy'[Math.floor(rank / 100) % 20]!
  const two = start + syllable(rank + rest)
  return rest < 100 ? two : two + syllable(Math.floor(rest / 100) - 1)
}

const commonWords = Array.from({ length: 65_536 }, (_, rank) => wordOfRank(rank))

/** Uniform numbers from 0 to 1 (mulberry32), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What is left of the words' frequencies after the last one. */
const leastTail = (vocabulary / zipfShift) ** (1 - zipfExponent)

function word(next: () => number): string {
  const tail = 1 - next() * (1 - leastTail)
  const rank = Math.floor(zipfShift * tail ** (1 / (1 - zipfExponent))) - zipfShift
  return commonWords[rank] ?? wordOfRank(rank)
}

function sentences(next: () => number, chars: number): string {
  let text = ''
  while (text.length < chars) {
    const first = word(next)
    let sentence = first[0]!.toUpperCase() + first.slice(1)
    for (let more = Math.floor(4 + next() * 18); more > 0; more -= 1) sentence += ` ${word(next)}`
    text += text === '' ? `${sentence}.` : ` ${sentence}.`
  }
  return text
}

/** Authors come in no order, a few with thousands of documents. Every document follows from its number, so that an earlier one can be copied. */
function documentOf(index: number) {
  const next = numbers(index)
  const authors = Math.ceil(documents / documentsAnAuthor)
  return {
    userId: `user-${Math.floor(authors * next() ** 3)}`,
    docId: `doc-${index}`,
    timestamp: 1_500_000_000 + Math.floor(next() * 1e8),
    title: sentences(next, 10).slice(0, 40),
    text: sentences(next, meanChars * (0.2 + 1.5 * next())),
  }
}

function lineOf(index: number): string {
  const next = numbers(-index)
  const draw = next() * 100
  const earlier = Math.floor(next() * index)
  if (draw < copies.lines) return JSON.stringify(documentOf(earlier))
  const own = documentOf(index)
  if (draw >= copies.lines + copies.texts + copies.edited) return JSON.stringify(own)
  const { userId, title, text } = documentOf(earlier)
  const isEdited = draw >= copies.lines + copies.texts
  return JSON.stringify({ ...own, userId, title, text: isEdited ? `${text} ${sentences(next, 20)}` : text })
}

/** A process of its own writes the corpus, so that the peak memory is that of reading it. */
async function writeCorpus(folder: string): Promise<void> {
  for (let file = 0; file < files; file += 1) {
    const [from, to] = [file, file + 1].map((part) => Math.floor((documents * part) / files)) as [number, number]
    function* blocks() {
      for (let first = from; first < to; first += 500) {
        const indices = Array.from({ length: Math.min(500, to - first) }, (_, offset) => first + offset)
        yield Buffer.from(`${indices.map(lineOf).join('\n')}\n`)
      }
    }
    const packed = createGzip({ level: 1 })
    await pipeline(Readable.from(blocks()), packed, createWriteStream(join(folder, `documents-${file}.jsonl.gz`)))
  }
}

async function writeCorpusApart(folder: string): Promise<void> {
  const self = [...process.execArgv, fileURLToPath(import.meta.url), '--documents', String(documents)]
  const writer = spawn(process.execPath, [...self, '--write-to', folder], { stdio: 'inherit' })
  const [code] = await once(writer, 'exit')
  if (code !== 0) throw new Error(`The corpus was not written: exit code ${code}`)
}

/** The rates of a piece of work, and the highest memory that the process has had by its end. */
async function measured<T>(name: string, work: () => Promise<T>): Promise<[T, Figure[]]> {
  const start = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  return [
    result,
    [
      { figure: name, value: documents / ((user + system) / 1e6), unit: 'documents/CPU-s' },
      { figure: `${name}: time`, value: seconds, unit: 's' },
      { figure: `${name}: peak memory so far`, value: process.resourceUsage().maxRSS / 1024, unit: 'MiB' },
    ],
  ]
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  // DuckDB may still be taking its log away.
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function measure(folder: string): Promise<void> {
  await writeCorpusApart(folder)
  const workDir = join(folder, 'work')
  const inputs = [join(folder, '*.jsonl.gz')]
  const [corpus, reading] = await measured('read, sort, de-duplicate', () =>
    ingest({ inputs, requests: [], workDir, rejects: join(folder, 'rejects.jsonl') }),
  )
  const config = parseConfig({ task: 'dataset', targets: { select: 'all' } })
  const [plan, planning] = await measured('choose targets, count words', () => corpus.plan(config))
  const [, streaming] = await measured('stream as authors', async () => {
    for await (const _author of corpus.authors(config));
  })
  await corpus.close()
  const { documents: kept, authors, duplicates, repeated } = corpus.counts
  report('Documents of 1 KB out of core', [
    { figure: 'documents', value: documents },
    { figure: 'documents without duplicates', value: kept },
    { figure: 'the same line again', value: duplicates },
    { figure: 'the same text again', value: repeated },
    { figure: 'authors', value: authors },
    { figure: 'targets', value: plan.targets },
    { figure: 'near-copies among them, dropped', value: plan.dropped.nearCopies },
    ...reading,
    ...planning,
    ...streaming,
    { figure: 'work folder', value: (await folderBytes(workDir)) / 1e6, unit: 'MB' },
  ])
}

async function main(): Promise<void> {
  if (values['write-to'] !== undefined) return writeCorpus(values['write-to'])
  const folder = await mkdtemp(join(tmpdir(), 'idiolect-bench-'))
  try {
    await measure(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

await main()
