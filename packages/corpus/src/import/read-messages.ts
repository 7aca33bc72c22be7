import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { glob, isDynamicPattern } from 'tinyglobby'

import { readBytes } from '../input/read-bytes.ts'
import { createLineSplitter } from '../input/split-lines.ts'
import { createMboxSplitter, type RawMessage } from './split-mbox.ts'

/** A message over it is passed over; what makes a message as large is attachments. */
const maxMessageBytes = 67_108_864

/**
 * The messages of an mbox file, of a single message, of a Maildir, or of a folder of messages and mboxes with its sub-folders; a
 * glob may name several. Sorted by path, and in the order of the file. Plain or gzip.
 * @throws IdiolectError `input_missing` where nothing is found.
 */
export async function* readMessages(path: string, signal?: AbortSignal): AsyncGenerator<RawMessage & { file: string }> {
  for (const file of await findFiles(path)) {
    const lines = createLineSplitter(maxMessageBytes)
    const messages = createMboxSplitter(maxMessageBytes)
    for await (const chunk of readBytes(file, { onRaw: () => {}, signal })) {
      for (const message of messages.push(lines.push(chunk))) yield { file, ...message }
    }
    for (const message of [...messages.push(lines.end()), ...messages.end()]) yield { file, ...message }
  }
}

async function findFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null)
  const files = found === null ? await matchGlob(path) : found.isDirectory() ? await filesWithin(path) : [path]
  if (files.length === 0) throw new IdiolectError('input_missing', `Mail ${path}: no such file, and no file in it`)
  return [...new Set(files)].sort()
}

async function matchGlob(pattern: string): Promise<string[]> {
  if (!isDynamicPattern(pattern)) return []
  const matches = await glob(pattern, { onlyFiles: false, expandDirectories: false })
  const files = await Promise.all(
    matches.map((match) => (match.endsWith('/') ? filesWithin(match.slice(0, -1)) : [match])),
  )
  return files.flat()
}

/** A Maildir's `tmp` holds messages that are not delivered yet; hidden files are never mail, Maildir sub-folders (`.Sent`) are. */
async function filesWithin(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const isMaildir = entries.some(({ name }) => name === 'cur') && entries.some(({ name }) => name === 'new')
  const files: string[] = []
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !(isMaildir && entry.name === 'tmp')) files.push(...(await filesWithin(path)))
    if (entry.isFile() && !isMaildir && !entry.name.startsWith('.')) files.push(path)
  }
  return files
}
