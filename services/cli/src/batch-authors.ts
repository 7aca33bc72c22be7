import type { Batch } from '@idiolect/contracts/batch'
import type { Config } from '@idiolect/contracts/config'
import { neededVectors } from '@idiolect/contracts/needs'
import type { Author } from '@idiolect/contracts/records'

// Beyond this much text a batch is closed although it has few targets: Redis and the workers handle it as one value.
const maxBatchTextBytes = 262_144

// What a target weighs once it carries its entries (at most 2,500 characters), the prompt that repeats them, and a text
// made of it; measured 8 to 10 KB on mail. A training target carries two prompts more, and a passage of another author.
const targetBytes = { generate: 12_000, dataset: 24_000 }

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
    const bytes = Math.max(embedded, targets * targetBytes[run.config.task] + textBytes)
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
  for (const { title, text } of author.documents) bytes += Buffer.byteLength(title) + Buffer.byteLength(text) + 100
  for (const { context, reference = '', distinction } of author.targets) {
    const passage = distinction?.text ?? ''
    bytes += Buffer.byteLength(context) + Buffer.byteLength(reference) + Buffer.byteLength(passage) + 200
  }
  return bytes
}

function vectorCount(textBytes: number, authors: Author[], config: Config): number {
  const documents = authors.reduce((sum, author) => sum + author.documents.length, 0)
  const needed = neededVectors(config)
  const ofSnippets = needed.snippets ? textBytes / config.rank.snippetChars + documents : 0
  return ofSnippets + (needed.documents ? documents : 0)
}
