import type { Batch } from '@idiolect/contracts/batch'
import type { Config } from '@idiolect/contracts/config'
import { neededVectors } from '@idiolect/contracts/needs'
import type { Author } from '@idiolect/contracts/records'

// Beyond this much text a batch is closed although it has few targets: Redis and the workers handle it as one value.
const maxBatchTextBytes = 262_144

// What a target weighs beside its own texts, measured 8 to 10 KB on mail: the words of its history, and so many times the
// characters of its entries, which stand in the prompt once more. A training target carries two prompts more, and a passage of
// another author.
const wordBytes = 5_000
const entryCopies = { generate: 3, dataset: 8 }

// 384 float32 as base64, and the snippet's position.
const vectorBytes = 2_100

/**
 * Cuts authors into batches by number of targets and size of texts. The cut follows from the authors' order and the
 * configuration alone, so a resumed run meets the same batches. `bytes`: what the batch weighs in Redis at its largest.
 */
export async function* batchAuthors(
  authors: AsyncIterable<Author>,
  run: { id: string; round: number; config: Config },
): AsyncGenerator<{ batch: Batch; bytes: number }> {
  let open: Author[] = []
  let targets = 0
  let textBytes = 0

  const close = (): { batch: Batch; bytes: number } => {
    const first = open[0]!.targets[0]!.ordinal
    const batch: Batch = {
      run: run.id,
      first,
      count: targets,
      round: run.round,
      records: open,
      failures: [],
      models: {},
    }
    const embedded = textBytes + vectorCount(textBytes, open, run.config) * vectorBytes
    const targetBytes = wordBytes + entryCopies[run.config.task] * run.config.rank.maxChars
    const bytes = Math.max(embedded, targets * targetBytes + textBytes)
    open = []
    targets = 0
    textBytes = 0
    return { batch, bytes }
  }

  for await (const author of authors) {
    open.push(author)
    targets += author.targets.length
    textBytes += textBytesOf(author)
    if (targets >= run.config.batch.records || textBytes >= maxBatchTextBytes) yield close()
  }
  if (open.length > 0) yield close()
}

function textBytesOf(author: Author): number {
  let bytes = 0
  for (const { docId, title, text } of author.documents) bytes += bytesOf(docId, title, text) + 100
  for (const { id, userId, context, reference, distinction } of author.targets) {
    bytes += bytesOf(id, userId, context, reference, distinction?.text) + 200
  }
  return bytes
}

function bytesOf(...texts: (string | undefined)[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0)
}

function vectorCount(textBytes: number, authors: Author[], config: Config): number {
  const documents = authors.reduce((sum, author) => sum + author.documents.length, 0)
  const needed = neededVectors(config)
  const ofSnippets = needed.snippets ? textBytes / config.rank.snippetChars + documents : 0
  return ofSnippets + (needed.documents ? documents : 0)
}
