import type { Config } from '@idiolect/contracts/config'
import { neededVectors } from '@idiolect/contracts/needs'
import type { Outcome } from '@idiolect/contracts/outcome'
import type { Author, EmbeddedAuthor, Embeddings, SnippetPosition } from '@idiolect/contracts/records'
import { encodeVectors } from '@idiolect/contracts/vectors'
import type { TextEmbedder } from '@idiolect/models/text-embedder'
import { documentText } from '@idiolect/text/document-text'
import { snippets } from '@idiolect/text/snippets'

export type EmbedDependencies = {
  config: Config
  /** Called only where the strategy compares vectors, so that the others load no model. */
  embedder: () => Promise<TextEmbedder>
  signal?: AbortSignal
}

/** Embeds authors beside one another; the model decides how much of it really is. */
export async function embedAuthors(authors: readonly Author[], dependencies: EmbedDependencies) {
  const embedded = await Promise.all(authors.map((author) => embed(author, dependencies)))
  const outcomes = embedded.map((record): Outcome<EmbeddedAuthor> => ({ ok: true, record }))
  const { documents, snippets } = neededVectors(dependencies.config)
  return { outcomes, models: documents || snippets ? [(await dependencies.embedder()).model] : [] }
}

/**
 * Adds the vectors that the configuration needs: of every target's context, and of the documents, their snippets, or both.
 * One call of the embedder an author, so that an author's vectors do not depend on who else is in the batch.
 * @throws IdiolectError of the embedder
 */
export async function embed(author: Author, { config, embedder, signal }: EmbedDependencies): Promise<EmbeddedAuthor> {
  const needed = neededVectors(config)
  if (!needed.documents && !needed.snippets) return { ...author, embeddings: null }

  const texts = author.documents.map(documentText)
  const positions = needed.snippets ? snippetPositions(texts, config.rank.snippetChars) : []
  const documents = needed.documents ? texts : []
  const past = positions.map(([document, start, end]) => texts[document]!.slice(start, end))
  // In a comparison a target comes once a method.
  const contexts = [...new Set(author.targets.map((target) => target.context))]

  const { dimensions, embed: embedTexts } = await embedder()
  const vectors = await embedTexts([...contexts, ...documents, ...past], signal)
  const [firstDocument, firstSnippet] = [contexts.length, contexts.length + documents.length]
  const embeddings: Embeddings = {
    dimensions,
    contexts: encodeVectors(author.targets.map(({ context }) => vectors[contexts.indexOf(context)]!)),
  }
  if (needed.documents) embeddings.documents = encodeVectors(vectors.slice(firstDocument, firstSnippet))
  if (needed.snippets) embeddings.snippets = { positions, vectors: encodeVectors(vectors.slice(firstSnippet)) }
  return { ...author, embeddings }
}

function snippetPositions(documents: string[], snippetChars: number): SnippetPosition[] {
  return documents.flatMap((text, document) =>
    snippets(text, snippetChars).map(([start, end]): SnippetPosition => [document, start, end]),
  )
}
