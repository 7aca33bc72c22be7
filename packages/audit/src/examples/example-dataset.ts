import { createHash } from 'node:crypto'

import { type Config, parseConfig } from '@idiolect/contracts/config'
import { type Split, splitOf, splits, teachesSelectors } from '@idiolect/contracts/split'

/** A dataset that holds to all four checks, small, in memory, to be made wrong and written. */
export interface ExampleDataset {
  config: Config
  documents: ExampleDocument[]
  /** By set and split, as `generation/train`. */
  sets: Record<string, ExampleRow[]>
}

export interface ExampleDocument {
  userId: string
  docId: string
  timestamp: number
  title: string
  text: string
}

export interface ExampleRow {
  id: string
  userId: string
  docId: string
  timestamp: string
  prompt: string
  completion: string
  context: string
  entries: { docId: string; score: number; text: string; snippet?: number }[]
  snippets: { entry: number; start: number; end: number }[]
  chosen: (number | string)[]
  summary: string
  summarySource: string
  keyElements: string[]
  keyElementsSource: string
  otherUserId: string
  otherDocId: string
}

const day = 86_400_000
const start = Date.UTC(2020, 0)

/** Six documents a user, the last two at the same time; the four last ones are targets. */
export function exampleDataset(changes: object = {}): ExampleDataset {
  const config = parseConfig({ task: 'dataset', ...changes })
  const users = usersOf(config)
  const documents = users.flatMap(documentsOf)
  const sets: Record<string, ExampleRow[]> = {}
  const put = (set: string, row: Partial<ExampleRow>) => {
    sets[set] ??= []
    sets[set].push(row as ExampleRow)
  }
  for (const userId of users) {
    const split = splitOf(userId, config)
    const written = documents.filter((document) => document.userId === userId)
    for (const target of written.slice(2)) {
      const row = retrieve(target, written)
      put(`generation/${split}`, generationRow(row, target))
      if (split !== 'train' || teachesSelectors(userId, config)) {
        put(`summary/${split}`, summaryRow(row))
        put(`synthesis/${split}`, synthesisRow(row))
      }
      if (split === 'train') put('author-distinction/train', distinctionRow(row, sets, documents))
    }
  }
  return { config, documents, sets }
}

export function wholeText({ title, text }: Pick<ExampleDocument, 'title' | 'text'>): string {
  return title === '' ? text : `${title}\n${text}`
}

/** So many of each kind, in binary order. */
function usersOf(config: Config): string[] {
  const wanted: Record<Split | 'selectors', number> = { train: 3, selectors: 3, validation: 2, test: 2 }
  const users: string[] = []
  for (let number = 0; [...splits, 'selectors' as const].some((kind) => wanted[kind] > 0); number += 1) {
    const userId = `user/${number}`
    const kind = teachesSelectors(userId, config) ? 'selectors' : splitOf(userId, config)
    if (wanted[kind] > 0) users.push(userId)
    wanted[kind] -= 1
  }
  return users.sort()
}

function documentsOf(userId: string): ExampleDocument[] {
  return [1, 2, 3, 4, 5, 5].map((days, index) => ({
    userId,
    docId: `d${index}`,
    timestamp: start + days * day,
    title: index % 2 === 0 ? '' : `About ${index}`,
    text: textOf(`${userId} ${index}`),
  }))
}

/** 90 words of its own that `key` decides, and a stop word. */
export function textOf(key: string): string {
  const word = (index: number) => `w${createHash('md5').update(`${key} ${index}`).digest('hex').slice(0, 5)}`
  return `${Array.from({ length: 90 }, (_, index) => word(index)).join(' ')} because.`
}

type Retrieved = Pick<ExampleRow, 'id' | 'userId' | 'docId' | 'timestamp' | 'context' | 'entries'>

function retrieve(target: ExampleDocument, written: ExampleDocument[]): Retrieved {
  const { userId, docId, timestamp } = target
  const past = written.filter((document) => document.timestamp < timestamp)
  return {
    id: `${userId.replaceAll('/', '%2F')}/${docId}`,
    userId,
    docId,
    timestamp: new Date(timestamp).toISOString(),
    context: wholeText(target).slice(0, 150),
    entries: [
      { docId: past.at(-1)!.docId, score: 0.5, text: wholeText(past.at(-1)!) },
      { docId: past[0]!.docId, snippet: 0, score: 0.25, text: wholeText(past[0]!).slice(0, 260).trim() },
    ],
  }
}

const passages = ({ entries }: Retrieved) => entries.map(({ text }) => text).join('\n\n')

function generationRow(row: Retrieved, target: ExampleDocument): Partial<ExampleRow> {
  const prompt = `Finish the passage in the user voice\n\npassage start:\n${row.context}\n\npast passages:\n${passages(row)}`
  return {
    ...row,
    prompt,
    completion: wholeText(target),
    summary: row.entries[0]!.text.split(' ', 12).join(' '),
    summarySource: 'SumCtxInd',
    keyElements: [],
    keyElementsSource: 'none',
  }
}

/** Each entry in two snippets, chosen from both. */
export function summaryRow(row: Retrieved): Partial<ExampleRow> {
  const snippets = row.entries.flatMap(({ text }, entry) => [
    { entry, start: 0, end: 120, contextSimilarity: 0.5, centrality: 0.5, recency: 0 },
    { entry, start: 120, end: text.length, contextSimilarity: 0.5, centrality: 0.5, recency: 0 },
  ])
  const chosen = [3, 0]
  const texts = chosen.map((index) => {
    const { entry, start: from, end } = snippets[index]!
    return row.entries[entry]!.text.slice(from, end).trim()
  })
  const prompt = `${passages(row)}\n\nSummarize what the passages above say about: ${row.context}`
  return { ...row, prompt, completion: texts.join(' '), snippets, chosen, summary: '', summarySource: 'none' }
}

export function synthesisRow(row: Retrieved): Partial<ExampleRow> {
  const chosen = row.entries[0]!.text.split(/\W+/).slice(5, 9)
  const prompt = `${passages(row)}\n\nList the words that matter for: ${row.context}`
  const completion = `Keywords: ${chosen.join(', ')}`
  return { ...row, prompt, completion, chosen, keyElements: [], keyElementsSource: 'SynCtx:bundled:model' }
}

/** By turns of the same author and of another one in the training data. */
function distinctionRow(
  { id, userId, docId, timestamp, context }: Retrieved,
  sets: Record<string, ExampleRow[]>,
  documents: ExampleDocument[],
): Partial<ExampleRow> {
  const earlier = sets['author-distinction/train'] ?? []
  const training = sets['generation/train']!.map((row) => row.userId)
  const otherUserId = earlier.length % 2 === 0 ? userId : training[0]!
  const other = documents.find((document) => document.userId === otherUserId && document.docId !== docId)!
  return {
    id,
    userId,
    docId,
    timestamp,
    prompt: `Predict whether two passages are from the same author\n\n${context}\n\n${other.text}`,
    completion: String(userId === otherUserId),
    otherUserId,
    otherDocId: other.docId,
  }
}
