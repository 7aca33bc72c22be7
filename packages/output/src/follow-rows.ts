import { stat } from 'node:fs/promises'
import { basename } from 'node:path'

import { cursorOf, unknownCursor } from './cursor.ts'
import { outputFolder } from './folder.ts'
import { withoutForgotten } from './forget-in-parts.ts'
import { readForgotten } from './forgotten.ts'
import { partsFrom, readPart } from './parts.ts'
import { type RowPage, type RowPageOptions, readRows } from './read-rows.ts'
import { withRun } from './run-folder.ts'

/** `next` is null once the run has finished and every row has been read; before that it is where the next rows will be. */
export type FollowedPage = RowPage

// Before the first row, whatever the state of the run.
const start = 'target-0@0'
const defaultMaxBytes = 4_194_304

/**
 * The rows of a run in the order of the output, each once, while the run adds them and after it has finished alike: what is committed
 * out of its order is held back. A cursor stays good when the run finishes. Only of `generations` are there rows before that.
 * @throws IdiolectError `usage` for a cursor or a table that the folder does not have, `input_missing` where it holds no run
 */
export async function followRows(dir: string, options: RowPageOptions): Promise<FollowedPage> {
  return withRun(dir, async ({ state, ...folder }) => {
    const place = placeOf(options.cursor ?? start)
    if (state === 'finished') return readFinished(dir, place, options)
    const config = 'manifest' in folder ? folder.manifest.config : null
    const follows = config?.task === 'generate' && (options.table ?? 'generations') === 'generations'
    if (!follows) return { rows: [], next: options.cursor ?? start, complete: false }
    if (place === null) throw unknownCursor()
    return followParts(dir, place, options)
  })
}

/** The first target whose row is wanted, and how many bytes the rows before it have in `generations.jsonl`. */
type Place = { target: number; bytes: number }

function placeOf(cursor: string): Place | null {
  const [, target, bytes] = /^target-(\d{1,15})@(\d{1,15})$/.exec(cursor) ?? []
  return target === undefined ? null : { target: Number(target), bytes: Number(bytes) }
}

async function readFinished(dir: string, place: Place | null, options: RowPageOptions): Promise<FollowedPage> {
  if (place === null) return readRows(dir, options)
  const { cursor: _start, ...page } = options
  if (place.bytes === 0) return readRows(dir, page)
  const { generations } = outputFolder(dir)
  const { size } = await stat(generations)
  // A page may end with the last row before anybody knew that it is the last.
  if (place.bytes === size) return { rows: [], next: null, complete: true }
  return readRows(dir, { ...page, cursor: cursorOf({ name: basename(generations), position: place.bytes }) })
}

async function followParts(dir: string, from: Place, options: RowPageOptions): Promise<FollowedPage> {
  const { limit, maxBytes = defaultMaxBytes } = options
  const forgotten = await readForgotten(dir)
  const rows: RowPage['rows'] = []
  let { target, bytes } = from
  for await (const { first, count, path } of partsFrom(dir, target)) {
    if (first !== target || rows.length >= limit || bytes - from.bytes >= maxBytes) break
    for (const { table, json } of withoutForgotten(await readPart(path), forgotten).lines) {
      if (table === 'failure' || json === 'null') continue
      rows.push({ table, row: JSON.parse(json) as Record<string, unknown> })
      bytes += Buffer.byteLength(json) + 1
    }
    target = first + count
  }
  return { rows, next: `target-${target}@${bytes}`, complete: false }
}
