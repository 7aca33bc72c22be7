import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { methodNames } from '@idiolect/contracts/methods'
import type { Author } from '@idiolect/contracts/records'

import { expandInputs, type InputFile } from './input/expand-inputs.ts'
import { type Plan, planTargets } from './select/plan-targets.ts'
import { type PlanOptions, selectionOf } from './select/selection.ts'
import { streamDocumentAuthors, streamRequestAuthors } from './select/stream-authors.ts'
import { type BuiltCorpus, buildCorpus } from './store/build-corpus.ts'
import { type Database, openDatabase, removeDatabase } from './store/database.ts'
import { commonFaults, writeRejects } from './store/write-rejects.ts'

export interface IngestOptions {
  /** Paths or globs of documents. */
  inputs: string[]
  /** Paths or globs of requests; may be empty. */
  requests: string[]
  /** A folder for the database; it is made, and used again when the same files come again. */
  workDir: string
  /** Where `rejects.jsonl` goes, sorted by file and line; written anew each time. */
  rejects: string
  signal?: AbortSignal | undefined
}

export interface Corpus extends BuiltCorpus {
  /** How many targets `config` makes of the corpus, and how common its words are outside of them. */
  plan(config: Config, options?: PlanOptions): Promise<Plan>
  /**
   * The authors with targets, sorted by userId in binary order; an author with very many targets comes in several records.
   * Ordinals run from 0 without a gap in the order of userId, timestamp and docId (or requestId). The id of a target is its
   * requestId, or userId and docId with a slash between; in a comparison it comes once a method, with `|` and the method after the id.
   */
  authors(config: Config, options?: PlanOptions): AsyncGenerator<Author>
  close(): Promise<void>
}

/** Raised when the tables change, so that a database of an older version is built again. */
const layout = 2

/**
 * Reads documents and requests, in any order and larger than memory, into a database file.
 * @throws IdiolectError `input_missing`, `input_truncated`, and `input_unusable` where no document, or no request, is left.
 */
export async function ingest({ inputs, requests, workDir, rejects, signal }: IngestOptions): Promise<Corpus> {
  const files = { inputs: await expandInputs(inputs), requests: await expandInputs(requests) }
  await mkdir(workDir, { recursive: true })
  const { database, built } = (await reopen(workDir, files)) ?? (await build(workDir, files, signal))
  try {
    await writeRejects(database, { path: rejects, files: [...files.inputs, ...files.requests] })
    await refuseUnusable(database, built)
  } catch (error) {
    database.close()
    throw error
  }
  return openCorpus(database, built, signal)
}

function openCorpus(database: Database, built: BuiltCorpus, signal?: AbortSignal): Corpus {
  const plan: Corpus['plan'] = async (config, options = {}) => {
    if (config.targets.select === 'requests' && built.counts.requests === 0) {
      throw new IdiolectError(
        'usage',
        'targets.select is requests, but no requests were given: name a file with --requests',
      )
    }
    const planned = await planTargets(database, selectionOf(config, options), signal)
    const methods = methodNames(config).length
    return { ...planned, targets: planned.targets * methods, historiesCut: planned.historiesCut * methods }
  }
  return {
    ...built,
    plan,
    async *authors(config, options = {}) {
      await plan(config, options)
      const stream = config.targets.select === 'requests' ? streamRequestAuthors : streamDocumentAuthors
      yield* stream(database, {
        contextChars: config.context.chars,
        history: config.history,
        limit: options.limit ?? null,
        methods: methodNames(config),
        dataset: config.task === 'dataset' ? { passageChars: config.rank.maxChars } : null,
      })
    },
    async close() {
      database.close()
    },
  }
}

interface Files {
  inputs: InputFile[]
  requests: InputFile[]
}

interface Opened {
  database: Database
  built: BuiltCorpus
}

const manifestPath = (workDir: string) => join(workDir, 'corpus.json')

async function build(workDir: string, files: Files, signal?: AbortSignal): Promise<Opened> {
  await rm(manifestPath(workDir), { force: true })
  await removeDatabase(workDir)
  const database = await openDatabase(workDir)
  try {
    const built = await buildCorpus(database, { ...files, signal })
    const unfinished = `${manifestPath(workDir)}.tmp`
    await writeFile(unfinished, JSON.stringify({ layout, files, built }, null, 2))
    await rename(unfinished, manifestPath(workDir))
    return { database, built }
  } catch (error) {
    database.close()
    throw error
  }
}

/** The database of the last time, where it was finished and made of the same files. */
async function reopen(workDir: string, files: Files): Promise<Opened | null> {
  const text = await readFile(manifestPath(workDir), 'utf8').catch(() => null)
  if (text === null) return null
  const manifest = JSON.parse(text)
  if (manifest.layout !== layout || JSON.stringify(manifest.files) !== JSON.stringify(files)) return null
  return { database: await openDatabase(workDir), built: manifest.built }
}

async function refuseUnusable({ connection }: Database, { counts }: BuiltCorpus): Promise<void> {
  const [what, read] =
    counts.documents === 0 ? (['documents', counts.read] as const) : (['requests', counts.requestsRead] as const)
  const isUnusable = counts.documents === 0 || (counts.requestsRead > 0 && counts.requests === 0)
  if (!isUnusable) return
  const faults = await commonFaults(connection)
  const reason = read === 0 ? 'they are empty' : `of ${read} records none is good (${faults}); see rejects.jsonl`
  throw new IdiolectError('input_unusable', `The ${what} cannot be used: ${reason}`)
}
