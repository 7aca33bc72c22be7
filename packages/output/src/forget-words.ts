import { readFile } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'

import { words } from '@idiolect/text/words'

import type { OwnedRow } from './row-file.ts'
import { writeAtomically } from './write-atomically.ts'

/**
 * Gathers what the rows of an author show of the documents: the targets whole, earlier ones as far as they are entries. Memory holds
 * one author's texts.
 */
export function gatherDocuments(userId: string) {
  const texts = new Map<string, Set<string>>()
  const add = (docId: string, text: string) => texts.set(docId, (texts.get(docId) ?? new Set()).add(text))
  return {
    add(row: OwnedRow): void {
      if (row.userId !== userId) return
      if (row.docId !== undefined && row.completion !== undefined) add(row.docId, row.completion)
      for (const { docId, text } of row.entries ?? []) add(docId, text)
    },
    documents: (): string[] => [...texts.values()].map((parts) => [...parts].join('\n')),
  }
}

/**
 * Takes documents out of the word statistics of a dataset. A word that is left in one document goes altogether, as a count of one is
 * never written: so nothing stays that the author alone is seen to have written. What no row shows stays counted.
 */
export async function forgetWords(path: string, documents: readonly string[]): Promise<void> {
  const own = new Map<string, number>()
  for (const document of documents) {
    for (const word of new Set(words(document))) own.set(word, (own.get(word) ?? 0) + 1)
  }
  const [total = '0', ...lines] = gunzipSync(await readFile(path))
    .toString()
    .split('\n')
  const counted = lines
    .map((line) => line.split('\t') as [word: string, count: string])
    .map(([word, count]) => [word, Number(count) - (own.get(word) ?? 0)] as const)
    .filter(([, count]) => count > 1)
    .sort(([wordA, a], [wordB, b]) => b - a || (wordA < wordB ? -1 : 1))
    .map(([word, count]) => `${word}\t${count}`)
  const left = Math.max(0, Number(total) - documents.length)
  await writeAtomically(path, [gzipSync([left, ...counted].join('\n'))])
}
