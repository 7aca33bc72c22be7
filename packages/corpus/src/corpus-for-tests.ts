import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import { type Author, authorSchema } from '@idiolect/contracts/records'
import { afterEach, beforeEach } from 'vitest'

import { type Corpus, type IngestOptions, ingest } from './ingest.ts'

export const day = 86_400_000
export const start = Date.UTC(2020, 0)

/** A long text of its own; `key` decides it. */
export function textOf(key: string, words = 80): string {
  return Array.from({ length: words }, (_, index) =>
    createHash('md5').update(`${key} ${index}`).digest('hex').slice(0, 6),
  ).join(' ')
}

export interface Row {
  userId: string
  docId: string
  timestamp: number
  title?: string
  text: string
}

export function row(userId: string, days: number, changes: Partial<Row> = {}): Row {
  return {
    userId,
    docId: `d${days}`,
    timestamp: start + days * day,
    title: '',
    text: textOf(`${userId} ${days}`),
    ...changes,
  }
}

export const lines = (rows: readonly unknown[]) =>
  rows.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n')

export interface CorpusFolder {
  path(name: string): string
  /** Of files in the folder. */
  options(inputs: string[], requests?: string[]): IngestOptions
  /** Ingests rows, or lines, as they are. */
  open(given: { documents: readonly unknown[]; requests?: readonly unknown[] }): Promise<Corpus>
  rejects(): Promise<{ file: string; line: number; code: string; reason: string }[]>
}

/** A folder for each test, removed after it. */
export function corpusFolder(): CorpusFolder {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idiolect-corpus-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const path = (name: string) => join(folder, name)
  const options: CorpusFolder['options'] = (inputs, requests = []) => ({
    inputs: inputs.map(path),
    requests: requests.map(path),
    workDir: path('work'),
    rejects: path('rejects.jsonl'),
  })
  return {
    path,
    options,
    async open({ documents, requests }) {
      await writeFile(path('documents.jsonl'), lines(documents))
      if (requests !== undefined) await writeFile(path('requests.jsonl'), lines(requests))
      return ingest(options(['documents.jsonl'], requests === undefined ? [] : ['requests.jsonl']))
    },
    async rejects() {
      const text = await readFile(path('rejects.jsonl'), 'utf8')
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    },
  }
}

type Changes = Parameters<typeof parseConfig>[0]

export async function authorsOf(corpus: Corpus, changes: Changes, limit?: number): Promise<Author[]> {
  const authors: Author[] = []
  for await (const author of corpus.authors(parseConfig(changes), { limit })) authors.push(authorSchema.parse(author))
  return authors
}

/** Every target with the ids of the documents it looks back on. */
export function histories(authors: readonly Author[]): [id: string, history: string[]][] {
  return authors.flatMap(({ documents, targets }) =>
    targets.map((target): [string, string[]] => [
      target.id,
      documents.slice(...target.history).map(({ docId }) => docId),
    ]),
  )
}
