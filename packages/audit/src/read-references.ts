import type { Body } from '@idiolect/corpus/store/bodies'
import { type Database, streamRows } from '@idiolect/corpus/store/database'

/** What a row names, as the input knows it; null where the input does not. */
export interface Resolved {
  target: ResolvedDocument | ResolvedRequest | null
  /** Of the entries in their order, or the other document of an author-distinction row. */
  documents: (ResolvedDocument | null)[]
}

export interface ResolvedDocument {
  kind: 'document'
  /** Unix time in milliseconds. */
  timestamp: number
  body: Body
}

export interface ResolvedRequest {
  kind: 'request'
  /** Unix time in milliseconds; null: after everything. */
  timestamp: number | null
  /** Whether the row's context is the start of the request's. */
  beginsWithContext: boolean
}

type ReferenceRow = [
  row: bigint,
  slot: number,
  timestamp: bigint | null,
  bodyStart: bigint | null,
  titleBytes: number,
  textBytes: number,
  isRequest: boolean,
  beginsWithContext: boolean | null,
]

/** Row by row in the order of `nameReferences`, each from its slot 0 on. */
export async function* readReferences(database: Database): AsyncGenerator<Resolved, undefined> {
  const sql = `
    SELECT row, slot, timestamp, bodyStart, titleBytes, textBytes, isRequest, beginsWithContext
    FROM reference ORDER BY row, slot`
  let resolved: Resolved | null = null
  for await (const rows of streamRows(database, sql)) {
    for (const named of rows as ReferenceRow[]) {
      if (named[1] === 0) {
        if (resolved !== null) yield resolved
        resolved = { target: targetOf(named), documents: [] }
      } else resolved!.documents.push(documentOf(named))
    }
  }
  if (resolved !== null) yield resolved
}

function documentOf([, , timestamp, bodyStart, titleBytes, textBytes]: ReferenceRow): ResolvedDocument | null {
  if (bodyStart === null) return null
  const body = { offset: Number(bodyStart), titleBytes, textBytes }
  return { kind: 'document', timestamp: Number(timestamp), body }
}

function targetOf(named: ReferenceRow): Resolved['target'] {
  const [, , timestamp, , , , isRequest, beginsWithContext] = named
  if (!isRequest) return documentOf(named)
  return {
    kind: 'request',
    timestamp: timestamp === null ? null : Number(timestamp),
    beginsWithContext: beginsWithContext === true,
  }
}
