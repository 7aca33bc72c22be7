import { parseConfig } from '@idiolect/contracts/config'
import {
  type EmbeddedAuthor,
  embeddedAuthorSchema,
  rankedTargetSchema,
  type SnippetPosition,
} from '@idiolect/contracts/records'
import { encodeVectors } from '@idiolect/contracts/vectors'
import { snippets } from '@idiolect/text/snippets'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { rankTargets } from './rank.ts'

const dimensions = 4

function unit(values: number[]): Float32Array {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

/** The last text is d_t itself, which nobody looks back on. */
function authorOf(texts: string[], vectorOf: (text: string) => number[]): EmbeddedAuthor {
  const positions = texts.flatMap((text, document) =>
    snippets(text, 40).map(([start, end]): SnippetPosition => [document, start, end]),
  )
  const own = texts.length - 1
  return embeddedAuthorSchema.parse({
    userId: 'u',
    documents: texts.map((text, index) => ({ docId: `d${index}`, timestamp: index, title: '', text })),
    targets: [
      {
        ordinal: 0,
        id: 't',
        userId: 'u',
        timestamp: own,
        method: 'm',
        context: texts[own]!.slice(0, 20),
        reference: texts[own],
        history: [0, own],
        document: own,
      },
    ],
    embeddings: {
      dimensions,
      contexts: encodeVectors([unit(vectorOf('context'))]),
      snippets: {
        positions,
        vectors: encodeVectors(
          positions.map(([document, start, end]) => unit(vectorOf(texts[document]!.slice(start, end)))),
        ),
      },
    },
  })
}

/** Any function of a text that tells texts apart will do. */
const vectorOf = (text: string) => Array.from({ length: dimensions }, (_, index) => 1 + (text.length % (7 + index)))

const sentence = fc.stringMatching(/^[A-Z][a-z ]{5,60}[a-z]\.$/)
const documents = fc.array(sentence, { minLength: 1, maxLength: 6 }).map((sentences) => sentences.join(' '))

test('every snippet is whole, stands in its entry where it says, and d_t is compared with all of them', () => {
  const texts = fc.array(documents, { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(
      texts,
      fc.constantFrom('RecentDoc', 'RankSnippet', 'RankDocBySnpt'),
      fc.integer({ min: 20, max: 400 }),
      (all, strategy, maxChars) => {
        const config = parseConfig({ task: 'dataset', rank: { strategy, maxChars, snippetChars: 40 } })
        const [target] = rankTargets(authorOf(all, vectorOf), config)
        const { entries, entrySnippets, targetSimilarities } = rankedTargetSchema.parse(target)
        const whole = new Set(
          all.slice(0, -1).flatMap((text) => snippets(text, 40).map(([start, end]) => text.slice(start, end).trim())),
        )
        for (const { entry, start, end, recency } of entrySnippets!) {
          expect(whole).toContain(entries[entry]!.text.slice(start, end))
          expect(entries[entry]!.docId).toBe(`d${all.length - 2 - recency}`)
        }
        expect(targetSimilarities).toHaveLength(snippets(all.at(-1)!, 40).length)
        for (const row of targetSimilarities!) expect(row).toHaveLength(entrySnippets!.length)
      },
    ),
  )
})

test('similarities and centrality are those of the vectors', () => {
  const directions: Record<string, number[]> = {
    context: [1, 0, 0, 0],
    A: [1, 0, 0, 0],
    B: [0, 1, 0, 0],
    C: [0.6, 0.8, 0, 0],
  }
  const texts = ['A', 'B', 'C'].map((letter) => `${letter} sentence that is long enough to be a snippet.`)
  const author = authorOf(texts, (text) => directions[text === 'context' ? text : text[0]!]!)
  const config = parseConfig({ task: 'dataset', rank: { strategy: 'RecentDoc', snippetChars: 40 } })
  const [target] = rankTargets(author, config)
  expect(target!.entries.map(({ docId }) => docId)).toEqual(['d1', 'd0'])
  expect(target!.entrySnippets).toEqual([
    { entry: 0, start: 0, end: texts[1]!.length, contextSimilarity: 0, centrality: 0, recency: 0 },
    { entry: 1, start: 0, end: texts[0]!.length, contextSimilarity: 1, centrality: 0, recency: 1 },
  ])
  expect(target!.targetSimilarities).toEqual([[0.8, 0.6]])
})

test('a run that does not choose among snippets carries none', () => {
  const config = parseConfig({ rank: { strategy: 'RecentDoc', snippetChars: 40 } })
  const [target] = rankTargets(
    authorOf(['One text of some length is here.', 'And one more of them.'], vectorOf),
    config,
  )
  expect(target).not.toHaveProperty('entrySnippets')
  expect(target).not.toHaveProperty('targetSimilarities')
})
