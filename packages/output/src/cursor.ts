import { IdiolectError } from '@idiolect/contracts/errors'

/** Where a page of an output starts: a file within the folder, as it is called there, and a position in it. */
export type Place = { name: string; position: number }

export function cursorOf({ name, position }: Place): string {
  return `${name}@${position}`
}

/** @throws IdiolectError `usage` */
export function parseCursor(cursor: string): Place {
  const found = /^([^@]+)@(\d{1,15})$/.exec(cursor)
  if (found === null) throw unknownCursor()
  return { name: found[1]!, position: Number(found[2]) }
}

export function unknownCursor(): IdiolectError {
  return new IdiolectError('usage', 'the cursor is of another run, table or time; begin at the first page')
}

/** As a cursor calls a committed part. */
export function partName(first: number): string {
  return `parts/${first}`
}

/**
 * The first ordinal of the part that is called so.
 * @throws IdiolectError `usage`
 */
export function firstOfPart(name: string): number {
  const found = /^parts\/(\d{1,15})$/.exec(name)
  if (found === null) throw unknownCursor()
  return Number(found[1])
}
