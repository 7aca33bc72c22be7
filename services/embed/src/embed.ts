import type { Config, Strategy } from '@idiolect/contracts/config'
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

type Compared = 'nothing' | 'documents' | 'snippets'

/** METHOD "Retrieve and rank": what each strategy compares the context with. */
const compared: Record<Strategy, Compared> = {
  RecentDoc: 'nothing',
  RankDocBM25: 'nothing',
  RankDocDense: 'documents',
  RankSnippet: 'snippets',
  RankDocBySnpt: 'snippets',
}

/** Embeds authors beside one another; the model decides how much of it really is. */
export async function embedAuthors(authors: readonly Author[], dependencies: EmbedDependencies) {
  const embedded = await Promise.all(authors.map((author) => embed(author, dependencies)))
  const outcomes = embedded.map((record): Outcome<EmbeddedAuthor> => ({ ok: true, record }))
  if (compared[dependencies.config.rank.strategy] === 'nothing') return { outcomes }
  return { outcomes, model: (await dependencies.embedder()).model }
}

/**
 * Adds the vectors that the configured strategy needs: of every target's context, and of the documents or their snippets.
 * One call of the embedder an author, so that an author's vectors do not depend on who else is in the batch.
 * @throws IdiolectError of the embedder
 */
export async function embed(author: Author, { config, embedder, signal }: EmbedDependencies): Promise<EmbeddedAuthor> {
  const kind = compared[config.rank.strategy]
  if (kind === 'nothing') return { ...author, embeddings: null }

  const documents = author.documents.map(documentText)
  const positions = kind === 'snippets' ? snippetPositions(documents, config.rank.snippetChars) : []
  const past =
    kind === 'documents' ? documents : positions.map(([document, start, end]) => documents[document]!.slice(start, end))

  const { dimensions, embed: embedTexts } = await embedder()
  const contexts = author.targets.map((target) => target.context)
  const vectors = await embedTexts([...contexts, ...past], signal)
  const pastVectors = encodeVectors(vectors.slice(contexts.length))
  const embeddings: Embeddings = { dimensions, contexts: encodeVectors(vectors.slice(0, contexts.length)) }
  if (kind === 'documents') embeddings.documents = pastVectors
  else embeddings.snippets = { positions, vectors: pastVectors }
  return { ...author, embeddings }
}

function snippetPositions(documents: string[], snippetChars: number): SnippetPosition[] {
  return documents.flatMap((text, document) =>
    snippets(text, snippetChars).map(([start, end]): SnippetPosition => [document, start, end]),
  )
}
