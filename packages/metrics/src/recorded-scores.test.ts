import { describe, expect, test } from 'vitest'
import { recordedText } from '../fixtures/mails.ts'
import recorded from '../fixtures/scores.json' with { type: 'json' }
import { addBleuCounts, corpusBleu, countBleu, noBleuCounts, sentenceBleu } from './bleu.ts'
import { type RougeScores, rouge } from './rouge.ts'

/** Of BLEU's 0 … 100 and ROUGE's 0 … 1: only the order of floating-point operations may differ from the Python figures. */
const tolerance = 1e-9

const kinds = ['rouge1', 'rouge2', 'rougeL'] as const

const pairs = recorded.pairs.map((pair) => ({
  ...pair,
  output: recordedText(pair.output),
  reference: recordedText(pair.reference),
}))

function expectRouge(scores: RougeScores, expected: (typeof pairs)[number]['rouge']): void {
  for (const kind of kinds) {
    const { precision, recall, f1 } = scores[kind]
    expect([precision, recall, f1]).toEqual(expected[kind].map((value) => expect.closeTo(value, 9)))
  }
}

describe('scores recorded from sacrebleu and rouge-score', () => {
  test('are of at least 50 real pairs', () => {
    expect(recorded.pairs.filter((pair) => typeof pair.output !== 'string').length).toBeGreaterThanOrEqual(50)
  })

  test.each(pairs)('sentence BLEU of "$id" is sacrebleu’s', ({ output, reference, bleu }) => {
    expect(Math.abs(sentenceBleu(countBleu(output, reference)) - bleu)).toBeLessThan(tolerance)
  })

  test.each(recorded.corpora)('corpus BLEU of the $name pairs is sacrebleu’s', ({ from, to, bleu }) => {
    const corpus = noBleuCounts()
    for (const { output, reference } of pairs.slice(from, to)) addBleuCounts(corpus, countBleu(output, reference))
    expect(Math.abs(corpusBleu(corpus) - bleu)).toBeLessThan(tolerance)
  })

  test.each(pairs)('ROUGE of "$id" is rouge-score’s', ({ output, reference, rouge: expected }) => {
    expectRouge(rouge(output, reference), expected)
  })

  test.each(pairs)('stemmed ROUGE of "$id" is rouge-score’s', ({ output, reference, rougeStemmed }) => {
    expectRouge(rouge(output, reference, { stem: true }), rougeStemmed)
  })
})
