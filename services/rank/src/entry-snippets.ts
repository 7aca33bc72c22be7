import type { EmbeddedAuthor, EntrySnippet, RankedTarget } from '@idiolect/contracts/records'

import { historyOf } from './candidates.ts'
import type { PlacedEntry } from './entries.ts'
import { dot, embeddingsOf, vectorRows } from './vectors.ts'

type SnippetsOfTarget = Required<Pick<RankedTarget, 'entrySnippets'>> & Pick<RankedTarget, 'targetSimilarities'>

/** A snippet of a document: the row of its vector and where it stands in the document's text, without the white space around it. */
type Snippet = { row: number; start: number; end: number }

/**
 * The snippets that stand whole in the entries of a target, and what the embeddings say of them: METHOD "Summarize" re-uses
 * the similarities of the retrieval. Where the author holds d_t itself, its snippets are compared with them too.
 * Nothing is decoded before the returned function is called for the first time.
 * @throws IdiolectError `invalid_record` where the embed stage did not provide snippets
 */
export function entrySnippets(
  author: EmbeddedAuthor,
  texts: readonly string[],
): (target: number, entries: readonly PlacedEntry[]) => SnippetsOfTarget {
  let known: ReturnType<typeof openSnippets> | null = null
  return (target, entries) => {
    known ??= openSnippets(author, texts)
    const { contexts, rows, snippetsOf } = known
    const [, to] = historyOf(author, target)
    const found = entries.flatMap(({ entry, document, start }, index) =>
      snippetsOf(document)
        .filter((snippet) => snippet.start >= start && snippet.end <= start + entry.text.length)
        .map((snippet) => ({
          vector: rows[snippet.row]!,
          place: { entry: index, start: snippet.start - start, end: snippet.end - start, recency: to - 1 - document },
        })),
    )
    const vectors = found.map(({ vector }) => vector)
    const centralities = centrality(vectors)
    const own = author.targets[target]!.document
    return {
      entrySnippets: found.map(
        ({ place, vector }, index): EntrySnippet => ({
          ...place,
          contextSimilarity: rounded(dot(contexts[target]!, vector)),
          centrality: rounded(centralities[index]!),
        }),
      ),
      ...(own === undefined
        ? {}
        : {
            targetSimilarities: snippetsOf(own).map(({ row }) =>
              vectors.map((vector) => rounded(dot(rows[row]!, vector))),
            ),
          }),
    }
  }
}

function openSnippets(author: EmbeddedAuthor, texts: readonly string[]) {
  const { dimensions, contexts, snippets } = embeddingsOf(author)
  const positions = snippets?.positions ?? []
  const byDocument = new Map<number, Snippet[]>()
  for (const [row, [document, from, to]] of positions.entries()) {
    const text = texts[document]!.slice(from, to)
    const start = from + text.length - text.trimStart().length
    const end = from + text.trimEnd().length
    const ofDocument = byDocument.get(document) ?? []
    byDocument.set(document, ofDocument)
    if (start < end) ofDocument.push({ row, start, end })
  }
  return {
    contexts: vectorRows(contexts, dimensions, author.targets.length),
    rows: vectorRows(snippets?.vectors, dimensions, positions.length),
    snippetsOf: (document: number) => byDocument.get(document) ?? [],
  }
}

/** Mean cosine of each vector to the others: its product with their sum. */
function centrality(vectors: readonly Float32Array[]): number[] {
  if (vectors.length < 2) return vectors.map(() => 0)
  const sum = new Float32Array(vectors[0]!.length)
  for (const vector of vectors) for (let index = 0; index < sum.length; index += 1) sum[index]! += vector[index]!
  return vectors.map((vector) => (dot(vector, sum) - dot(vector, vector)) / (vectors.length - 1))
}

/** Six decimals: below that it is the noise of the machine. */
function rounded(similarity: number): number {
  return Math.round(similarity * 1e6) / 1e6
}
