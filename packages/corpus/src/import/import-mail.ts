import { IdiolectError } from '@idiolect/contracts/errors'

import { rejectLine } from '../rejects.ts'
import { createLineWriter } from '../store/line-writer.ts'
import { parseMessage } from './parse-message.ts'
import { readMessages } from './read-messages.ts'

export interface ImportMailOptions {
  /** An mbox, a message, a Maildir, a folder of these, or a glob. */
  path: string
  /** Where the documents go, as JSON Lines. */
  out: string
  /** Where the messages go that are no documents, with the reason. */
  rejects: string
  signal?: AbortSignal | undefined
}

/** Invariant: messages = documents + rejected. */
export interface ImportCounts {
  messages: number
  documents: number
  rejected: number
}

const tooLong = { fault: { code: 'line_too_long' as const, reason: 'the message is longer than the limit' } }

/**
 * Turns mail into documents, in the order of paths and of messages in them; the same mail gives the same bytes.
 * @throws IdiolectError `input_missing`, `output_unwritable`, and `input_unusable` where no message is left.
 */
export async function importMail({ path, out, rejects, signal }: ImportMailOptions): Promise<ImportCounts> {
  const documents = await createLineWriter(out)
  const faults = await createLineWriter(rejects)
  const counts = { messages: 0, documents: 0, rejected: 0 }
  try {
    for await (const { file, line, bytes } of readMessages(path, signal)) {
      counts.messages += 1
      const parsed = bytes === null ? tooLong : await parseMessage(bytes)
      if ('fault' in parsed) {
        counts.rejected += 1
        await faults.write(rejectLine({ file, line, ...parsed.fault }))
        continue
      }
      counts.documents += 1
      const { userId, docId, timestamp, title, text } = parsed.record
      const document = { userId, docId, timestamp: new Date(timestamp).toISOString(), title, text }
      await documents.write(`${JSON.stringify(document)}\n`)
    }
    await documents.finish()
    await faults.finish()
  } finally {
    await Promise.all([documents.close(), faults.close()])
  }
  if (counts.documents === 0) {
    throw new IdiolectError(
      'input_unusable',
      `Mail ${path}: none of ${counts.messages} messages is a document; see ${rejects}`,
    )
  }
  return counts
}
