/** Scores a CPU-second, over the recorded pairs of real mail (body against body, up to 6,000 characters, and one pair of 30,000). */
import { countBleu, sentenceBleu } from '@idiolect/metrics/bleu'
import { rouge } from '@idiolect/metrics/rouge'
import { scorePair } from '@idiolect/metrics/score-pair'

import { recordedText } from '../packages/metrics/fixtures/mails.ts'
import recorded from '../packages/metrics/fixtures/scores.json' with { type: 'json' }
import { report } from './report.ts'

const cpuSecondsEach = 3

const pairs = recorded.pairs
  .filter((pair) => typeof pair.output !== 'string')
  .map(({ id, output, reference }) => ({ id, output: recordedText(output), reference: recordedText(reference) }))
const usual = pairs.filter(({ id }) => id !== 'long')
const long = pairs.filter(({ id }) => id === 'long')

type Pairs = typeof pairs

function pairsPerCpuSecond(ofPairs: Pairs, score: (output: string, reference: string) => unknown): number {
  for (const { output, reference } of ofPairs) score(output, reference)
  const before = process.cpuUsage()
  let scored = 0
  let cpuSeconds = 0
  while (cpuSeconds < cpuSecondsEach) {
    for (const { output, reference } of ofPairs) score(output, reference)
    scored += ofPairs.length
    const { user, system } = process.cpuUsage(before)
    cpuSeconds = (user + system) / 1e6
  }
  return scored / cpuSeconds
}

const unit = 'pairs/CPU-s'
report('Metrics on pairs of real mail', [
  { figure: 'pairs', value: usual.length },
  { figure: 'sentence BLEU', value: pairsPerCpuSecond(usual, (a, b) => sentenceBleu(countBleu(a, b))), unit },
  { figure: 'ROUGE-1/2/L', value: pairsPerCpuSecond(usual, (a, b) => rouge(a, b)), unit },
  { figure: 'ROUGE-1/2/L, stemmed', value: pairsPerCpuSecond(usual, (a, b) => rouge(a, b, { stem: true })), unit },
  { figure: 'all metrics of a row', value: pairsPerCpuSecond(usual, (a, b) => scorePair(a, b)), unit },
  { figure: 'ROUGE-1/2/L, 30,000 characters', value: pairsPerCpuSecond(long, (a, b) => rouge(a, b)), unit },
])
