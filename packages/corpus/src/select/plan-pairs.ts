import { drawFor, splitOf } from '@idiolect/contracts/split'

import { type Database, streamRows } from '../store/database.ts'
import type { Selection } from './selection.ts'

/** The training users' targets, numbered 0 … n−1 in output order; those of an author are neighbours. */
interface TrainingTargets {
  ordinals: Float64Array
  positions: Float64Array
  /** Where each author's targets begin, and after the last author n. */
  authorStarts: number[]
}

/**
 * METHOD "Author distinction": writes the table `pair`, for every target of a training user another target of the same author
 * or of another training user. Both kinds come from the same documents, so that length or age does not give the answer away.
 * Of two neighbouring targets exactly one gets its own author: which one is a seeded draw.
 */
export async function planPairs(database: Database, selection: Selection): Promise<void> {
  await database.connection.run(
    'DROP TABLE IF EXISTS pair; CREATE TABLE pair (ordinal BIGINT, partner BIGINT, sameAuthor BOOLEAN)',
  )
  const training = await readTrainingTargets(database, selection)
  const writing = await database.connect()
  const appender = await writing.createAppender('pair')
  for (const { index, partner, sameAuthor } of pairs(training, selection.seed)) {
    appender.appendBigInt(BigInt(training.ordinals[index]!))
    appender.appendBigInt(BigInt(training.positions[partner]!))
    appender.appendBoolean(sameAuthor)
    appender.endRow()
  }
  appender.closeSync()
  writing.closeSync()
}

function* pairs(
  { positions, authorStarts }: TrainingTargets,
  seed: number,
): Generator<{ index: number; partner: number; sameAuthor: boolean }> {
  for (let author = 0; author + 1 < authorStarts.length; author += 1) {
    const [from, to] = [authorStarts[author]!, authorStarts[author + 1]!]
    const others = positions.length - (to - from)
    for (let index = from; index < to; index += 1) {
      const swapped = drawFor([seed, 'pair', index >> 1]) < 0.5
      const wanted = (index % 2 === 0) !== swapped
      // A single author has nobody to be told from, and a limit can leave an author one target.
      const sameAuthor = to - from > 1 && (wanted || others === 0)
      if (!sameAuthor && others === 0) continue
      const draw = Math.floor(drawFor([seed, 'partner', index]) * (sameAuthor ? to - from - 1 : others))
      const partner = sameAuthor ? from + draw + (from + draw >= index ? 1 : 0) : draw + (draw >= from ? to - from : 0)
      yield { index, partner, sameAuthor }
    }
  }
}

async function readTrainingTargets(database: Database, selection: Selection): Promise<TrainingTargets> {
  const sql = `
    SELECT t.position, t.author, d.userId FROM target t JOIN document d ON d.rowid = t.position
    ORDER BY t.position`
  const ordinals: number[] = []
  const positions: number[] = []
  const authorStarts: number[] = []
  let [ordinal, author, isTraining] = [0, -1, false]
  for await (const rows of streamRows(database, sql)) {
    for (const [position, first, userId] of rows as [bigint, bigint, string][]) {
      if (author !== Number(first)) {
        author = Number(first)
        isTraining = splitOf(userId, selection) === 'train'
        if (isTraining) authorStarts.push(positions.length)
      }
      if (isTraining) {
        ordinals.push(ordinal)
        positions.push(Number(position))
      }
      ordinal += 1
    }
  }
  authorStarts.push(positions.length)
  return { ordinals: Float64Array.from(ordinals), positions: Float64Array.from(positions), authorStarts }
}
