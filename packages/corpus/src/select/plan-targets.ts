import { splitOf } from '@idiolect/contracts/split'
import { countDocumentFrequencies } from '@idiolect/text/document-frequencies'
import { documentText } from '@idiolect/text/document-text'

import { readDocuments, type StoredDocument } from '../store/bodies.ts'
import { type Database, readNumber, streamRows } from '../store/database.ts'
import { planPairs } from './plan-pairs.ts'
import { createTargetSelector, type Dropped, type TargetSelector } from './select-targets.ts'
import { isWanted, type Selection } from './selection.ts'

export interface Plan {
  targets: number
  authors: number
  dropped: Dropped
  /** Targets that look back on some of the documents before them only: `history.maxDocuments`, `history.maxChars`. */
  historiesCut: number
  /** `DocumentFrequencyCount.encode` over `Selection.frequencies`; counts no document where nothing asks for them. */
  frequencies: Buffer
}

/** Milliseconds, when a request without a timestamp was made. */
const afterEverything = 1e15

const noneDropped = (): Dropped => ({ nearCopies: 0, belowMinPerUser: 0, aboveMaxPerUser: 0 })

/**
 * Decides the targets and writes them down in the table `target`, whose rows are positions in `document` in output order, with
 * the position of their author's first document; and in the table `pair` what each is paired with for author distinction.
 * One pass over the documents, and one more where word frequencies are asked for. A plan made before is read again.
 */
export async function planTargets(database: Database, selection: Selection, signal?: AbortSignal): Promise<Plan> {
  const key = JSON.stringify(selection)
  const before = await readPlan(database, key)
  if (before !== null) return before
  await database.connection.run(
    'DROP TABLE IF EXISTS plan; DROP TABLE IF EXISTS target; CREATE TABLE target (position BIGINT, author BIGINT)',
  )
  const chosen =
    selection.targets.select === 'requests'
      ? await planRequests(database, selection)
      : await choose(database, selection, signal)
  if (selection.dataset) await planPairs(database, selection)
  const frequencies = await countFrequencies(database, selection, signal)
  const plan = { ...chosen, frequencies }
  await writePlan(database, key, plan)
  return plan
}

async function planRequests(
  { connection }: Database,
  { limit, history }: Selection,
): Promise<Omit<Plan, 'frequencies'>> {
  const first = `(SELECT userId, timestamp FROM request ORDER BY rowid LIMIT ${limit ?? 'ALL'})`
  const targets = await readNumber(connection, `SELECT count(*) FROM ${first}`)
  const authors = await readNumber(connection, `SELECT count(DISTINCT userId) FROM ${first}`)
  const historiesCut = await readNumber(
    connection,
    `WITH past AS (
      SELECT userId, timestamp, count(*) OVER earlier AS documents, sum(chars) OVER earlier AS chars FROM document
      WHERE userId IN (SELECT userId FROM request) WINDOW earlier AS (PARTITION BY userId ORDER BY timestamp))
    SELECT count(*) FROM ${first} AS r ASOF JOIN past AS p
      ON r.userId = p.userId AND coalesce(r.timestamp, ${afterEverything}) > p.timestamp
    WHERE documents > ${history.maxDocuments} OR (documents > 1 AND chars > ${history.maxChars})`,
  )
  return { targets, authors, dropped: noneDropped(), historiesCut }
}

async function choose(
  database: Database,
  selection: Selection,
  signal?: AbortSignal,
): Promise<Omit<Plan, 'frequencies'>> {
  const writing = await database.connect()
  const appender = await writing.createAppender('target')
  const limit = selection.limit ?? Number.POSITIVE_INFINITY
  const plan = { targets: 0, authors: 0, dropped: noneDropped(), historiesCut: 0 }
  let author: { userId: string; first: number; selector: TargetSelector | null } | null = null

  function finish(): void {
    if (author?.selector == null) return
    const { targets, dropped } = author.selector.finish()
    const admitted = targets.slice(0, limit - plan.targets)
    for (const { position, historyCut } of admitted) {
      appender.appendBigInt(BigInt(position))
      appender.appendBigInt(BigInt(author.first))
      appender.endRow()
      if (historyCut) plan.historiesCut += 1
    }
    plan.targets += admitted.length
    if (admitted.length > 0) plan.authors += 1
    for (const reason of Object.keys(dropped) as (keyof Dropped)[]) plan.dropped[reason] += dropped[reason]
  }

  for await (const documents of readDocuments(database)) {
    signal?.throwIfAborted()
    for (const document of documents) {
      const { userId, position } = document
      if (author !== null && author.userId !== userId) {
        finish()
        author = null
      }
      if (plan.targets >= limit) break
      author ??= {
        userId,
        first: position,
        selector: isWanted(userId, selection) ? createTargetSelector(userId, selection) : null,
      }
      author.selector?.add(document)
    }
    if (plan.targets >= limit) break
  }
  finish()
  appender.closeSync()
  writing.closeSync()
  return plan
}

async function countFrequencies(database: Database, selection: Selection, signal?: AbortSignal): Promise<Buffer> {
  const counted = countDocumentFrequencies()
  if (selection.frequencies === null) return counted.encode()
  const counts = selection.frequencies === 'trainingUsers' ? ofTrainingUsers(selection) : ofNobodysTargets()
  const targets = await targetPositions(database)
  const authors = await targetPositions(database, 'author')
  let next = 0
  for await (const documents of readDocuments(database)) {
    signal?.throwIfAborted()
    for (const document of documents) {
      const isTarget = document.position === targets[next]
      if (counts(document, { isTarget, isAuthor: document.position === authors[next] })) {
        counted.add(documentText(document))
      }
      if (isTarget) next += 1
    }
  }
  return counted.encode()
}

/** `isAuthor`: the document is the first of an author with targets. */
type Counts = (document: StoredDocument, place: { isTarget: boolean; isAuthor: boolean }) => boolean

function ofNobodysTargets(): Counts {
  return (_document, { isTarget }) => !isTarget
}

function ofTrainingUsers(selection: Selection): Counts {
  let user: string | null = null
  return ({ userId }, { isAuthor }) => {
    if (isAuthor && splitOf(userId, selection) === 'train') user = userId
    return userId === user
  }
}

/** 8 bytes a target: 80 MB for ten million. */
export async function targetPositions(
  database: Database,
  column: 'position' | 'author' = 'position',
): Promise<Float64Array> {
  const positions = new Float64Array(await readNumber(database.connection, 'SELECT count(*) FROM target'))
  let filled = 0
  for await (const rows of streamRows(database, `SELECT ${column} FROM target ORDER BY position`)) {
    for (const [position] of rows) {
      positions[filled] = Number(position)
      filled += 1
    }
  }
  return positions
}

async function readPlan({ connection }: Database, key: string): Promise<Plan | null> {
  const tables = await connection.runAndReadAll("SELECT table_name FROM duckdb_tables() WHERE table_name = 'plan'")
  if (tables.currentRowCount === 0) return null
  const rows = (await connection.runAndReadAll('SELECT selection, chosen, frequencies FROM plan')).getRowsJS()
  const [selection, chosen, frequencies] = rows[0] as [string, string, string]
  return selection === key ? { ...JSON.parse(chosen), frequencies: Buffer.from(frequencies, 'base64') } : null
}

async function writePlan({ connection }: Database, key: string, { frequencies, ...chosen }: Plan): Promise<void> {
  const values = [key, JSON.stringify(chosen), frequencies.toString('base64')]
  await connection.run('CREATE TABLE plan AS SELECT $1 AS selection, $2 AS chosen, $3 AS frequencies', values)
}
