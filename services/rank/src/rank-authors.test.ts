import { parseConfig } from '@idiolect/contracts/config'
import type { EmbeddedAuthor } from '@idiolect/contracts/records'
import { encodeVectors } from '@idiolect/contracts/vectors'
import { expect, test } from 'vitest'

import { rankAuthors } from './rank.ts'

const { signal } = new AbortController()
const dense = parseConfig({ rank: { strategy: 'RankDocDense' } })
const vector = Float32Array.of(0, 1)

/** An author whose targets all look back on all documents. */
function authorOf(texts: string[], { contexts = ['red'], embedded = 0 } = {}): EmbeddedAuthor {
  return {
    userId: 'u',
    documents: texts.map((text, index) => ({ docId: `d${index}`, timestamp: index, title: '', text })),
    targets: contexts.map((context, ordinal) => ({
      ordinal,
      id: `t${ordinal}`,
      userId: 'u',
      timestamp: texts.length,
      method: 'm',
      context,
      history: [0, texts.length],
    })),
    embeddings:
      embedded === 0
        ? null
        : {
            dimensions: 2,
            contexts: encodeVectors(contexts.map(() => vector)),
            documents: encodeVectors(Array.from({ length: embedded }, () => vector)),
          },
  }
}

test('an author without the embeddings that the strategy needs fails alone', async () => {
  const outcomes = await rankAuthors([authorOf(['a']), authorOf(['a'], { embedded: 1 })], { config: dense, signal })
  expect(outcomes[0]).toMatchObject({ ok: false, code: 'invalid_record' })
  expect(outcomes[1]).toMatchObject({ ok: true, record: [{ entries: [{ docId: 'd0' }] }] })
})

test('vectors of another number than the documents are refused, not read wrongly', async () => {
  const [outcome] = await rankAuthors([authorOf(['a', 'b'], { embedded: 1 })], { config: dense, signal })
  expect(outcome).toMatchObject({ ok: false, code: 'invalid_record' })
})

test('other work goes on while an author of many targets is ranked, which ends when it is told to stop', async () => {
  const texts = Array.from({ length: 400 }, (_, index) => `red fish ${index} `.repeat(200))
  const author = authorOf(texts, { contexts: texts.map((text) => text.slice(0, 150)) })
  const stop = new AbortController()
  setImmediate(() => stop.abort(new Error('enough')))
  const config = parseConfig({ rank: { strategy: 'RankDocBM25' } })
  // Seconds of work, of which the first tenths are done.
  const authors = Array.from({ length: 30 }, () => author)
  await expect(rankAuthors(authors, { config, signal: stop.signal })).rejects.toThrow('enough')
})
