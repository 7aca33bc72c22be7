import { expandInputs } from '../input/expand-inputs.ts'
import { type ReadValuesOptions, readValues } from '../input/read-values.ts'
import type { Reading } from '../input/reading.ts'

export type PlacedReading = Reading & { file: string }

/** The records of the files that a path or glob names, in the order of paths and of records in them. */
export async function* readRecords(
  path: string,
  options: Omit<ReadValuesOptions, 'onRaw'>,
): AsyncGenerator<PlacedReading> {
  for (const { path: file } of await expandInputs([path])) {
    for await (const readings of readValues(file, { ...options, onRaw: () => {} })) {
      for (const reading of readings) yield { file, ...reading }
    }
  }
}
