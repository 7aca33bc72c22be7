import type { DatedDocument } from '../input/parse-record.ts'
import { type Reject, rejectLine } from '../rejects.ts'
import { createLineWriter, type LineWriter } from '../store/line-writer.ts'

export interface ImportPaths {
  /** Where the documents go, as JSON Lines. */
  out: string
  /** Where goes what cannot be used, with the reason. */
  rejects: string
  requestsOut?: string | undefined
  referencesOut?: string | undefined
}

export interface ImportedRequest {
  requestId: string
  userId: string
  context: string
  /** Milliseconds since 1970. */
  timestamp: number
}

/** What `evaluate --references` reads. */
export interface Reference {
  id: string
  reference: string
  context: string
}

/** The files that an import writes; they appear under their names when it is done. */
export interface ImportFiles {
  document(document: DatedDocument): Promise<void>
  request(request: ImportedRequest): Promise<void>
  reference(reference: Reference): Promise<void>
  reject(reject: Reject): Promise<void>
}

/**
 * Gives `fill` the files, and finishes them when it is through.
 * @throws IdiolectError `output_unwritable`
 */
export async function writeImport<T>(paths: ImportPaths, fill: (files: ImportFiles) => Promise<T>): Promise<T> {
  const writers: LineWriter[] = []
  const open = async (path: string | undefined) => {
    if (path === undefined) return null
    const writer = await createLineWriter(path)
    writers.push(writer)
    return writer
  }
  try {
    const documents = await open(paths.out)
    const rejects = await open(paths.rejects)
    const requests = await open(paths.requestsOut)
    const references = await open(paths.referencesOut)
    const result = await fill({
      document: async ({ userId, docId, timestamp, title, text }) =>
        documents?.write(jsonLine({ userId, docId, timestamp: isoTime(timestamp), title, text })),
      request: async ({ requestId, userId, context, timestamp }) =>
        requests?.write(jsonLine({ requestId, userId, context, timestamp: isoTime(timestamp) })),
      reference: async ({ id, reference, context }) => references?.write(jsonLine({ id, reference, context })),
      reject: (reject) => rejects!.write(rejectLine(reject)),
    })
    for (const writer of writers) await writer.finish()
    return result
  } finally {
    await Promise.all(writers.map((writer) => writer.close()))
  }
}

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
