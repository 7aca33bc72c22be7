import { closeSync, openSync } from 'node:fs'

import { type Body, readBody, sortedBodies } from '@idiolect/corpus/store/bodies'
import type { Database } from '@idiolect/corpus/store/database'
import { documentText } from '@idiolect/text/document-text'
import { words } from '@idiolect/text/words'

import { shinglesOf } from './shingles.ts'

/** The text of a document of the input, and what is made of it when it is first asked for. */
export interface Source {
  text: string
  words(): readonly string[]
  shingles(): ReadonlySet<string>
}

export interface SourceTexts {
  read(body: Body): Source
  close(): void
}

/**
 * Characters of the texts that are kept, those read last; with their words and shingles they take about 100 MB. Rows in the
 * order of user and time look back on much the same documents.
 */
const keptChars = 4_000_000

export function openTexts(database: Database): SourceTexts {
  const file = openSync(sortedBodies(database), 'r')
  /** By offset, the one that was read last at the end. */
  const kept = new Map<number, Source>()
  let chars = 0
  return {
    read(body) {
      const known = kept.get(body.offset)
      const source = known ?? createSource(documentText(readBody(file, body)))
      if (known === undefined) chars += source.text.length
      else kept.delete(body.offset)
      kept.set(body.offset, source)
      for (const [oldest, { text }] of kept) {
        if (chars <= keptChars) break
        kept.delete(oldest)
        chars -= text.length
      }
      return source
    },
    close: () => closeSync(file),
  }
}

function createSource(text: string): Source {
  let found: string[] | null = null
  let shingles: Set<string> | null = null
  const source = {
    text,
    words() {
      found ??= words(text)
      return found
    },
    shingles() {
      shingles ??= shinglesOf(text, source.words())
      return shingles
    },
  }
  return source
}
