import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { OutputConfig } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { type Split, splitOf, teachesSelectors } from '@idiolect/contracts/split'
import { readValues } from '@idiolect/corpus/input/read-values'
import { outputFolder } from '@idiolect/output/folder'
import { readFolder } from '@idiolect/output/manifest'
import { listSetFiles } from '@idiolect/output/set-files'
import {
  type SummaryRow,
  type SynthesisRow,
  summaryRowSchema,
  synthesisRowSchema,
} from '@idiolect/selectors/training-rows'
import { type DocumentFrequencies, decodeDocumentFrequencies } from '@idiolect/text/document-frequencies'

const schemas = { summary: summaryRowSchema, synthesis: synthesisRowSchema }

type Rows = { summary: SummaryRow; synthesis: SynthesisRow }

/** What the selectors are trained and judged on: the folder of a finished dataset run. */
export type TrainingData = {
  config: OutputConfig
  /**
   * The rows of a set in these splits, in the order of the files.
   * @throws IdiolectError `input_missing` where there are none, `input_unusable` for a row that is none or of a user who has no
   * place in its split
   */
  rows<Set extends keyof Rows>(set: Set, splits: readonly Split[]): AsyncGenerator<Rows[Set]>
  /** @throws IdiolectError `input_missing`, `input_unusable` */
  frequencies(): Promise<DocumentFrequencies>
}

/** @throws IdiolectError `input_missing` where the folder holds no finished dataset */
export async function openTrainingData(dir: string, signal: AbortSignal): Promise<TrainingData> {
  const folder = await readFolder(dir)
  if (folder.state !== 'finished' || folder.run.config.task !== 'dataset') {
    throw new IdiolectError(
      'input_missing',
      `--data ${dir} holds no finished dataset; make one with "idiolect run --task dataset --out ${dir}"`,
    )
  }
  const { config } = folder.run
  return {
    config,
    rows: (set, splits) => readRows(set, { dir, splits, config, signal }),
    frequencies: () => readFrequencies(outputFolder(dir).frequencies),
  }
}

type ReadOptions = { dir: string; splits: readonly Split[]; config: OutputConfig; signal: AbortSignal }

async function* readRows<Set extends keyof Rows>(set: Set, options: ReadOptions): AsyncGenerator<Rows[Set]> {
  const { dir, splits, config, signal } = options
  const pattern = new RegExp(`^${set}/(${splits.join('|')})[-.]`)
  const files = (await listSetFiles(dir)).filter((file) => pattern.test(file)).sort()
  const schema = schemas[set]
  const fields = { required: Object.keys(schema.shape), optional: [] }
  let rows = 0
  for (const file of files) {
    const split = pattern.exec(file)![1] as Split
    for await (const readings of readValues(join(dir, file), { fields, onRaw: () => {}, signal })) {
      for (const reading of readings) {
        const refuse = (problem: string) => new IdiolectError('input_unusable', `${file}:${reading.line}: ${problem}`)
        if ('fault' in reading) throw refuse(reading.fault.reason)
        const parsed = schema.safeParse(reading.value)
        if (!parsed.success) {
          const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'row'}: ${message}`)
          throw refuse(issues.join('; '))
        }
        const { userId } = parsed.data
        const belongs = split === 'train' ? teachesSelectors(userId, config) : splitOf(userId, config) === split
        if (!belongs) throw refuse(`is of a user who does not belong into ${set}/${split}; "idiolect audit" says more`)
        rows += 1
        yield parsed.data as Rows[Set]
      }
    }
  }
  if (rows === 0) {
    throw new IdiolectError('input_missing', `--data ${dir} has no rows of ${set} in ${splits.join(' or ')}`)
  }
}

async function readFrequencies(path: string): Promise<DocumentFrequencies> {
  const encoded = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new IdiolectError('input_missing', `${path} cannot be read (${cause.code}); the dataset task writes it`, {
      cause,
    })
  })
  try {
    return decodeDocumentFrequencies(encoded)
  } catch (cause) {
    throw new IdiolectError('input_unusable', `${path} does not unpack; make the dataset again`, { cause })
  }
}
