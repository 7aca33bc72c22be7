import { resolve } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { type Command, InvalidArgumentError } from 'commander'

import { checkModels } from './check-models.ts'
import { loadConfig } from './load-config.ts'
import type { RunRequest } from './prepare-run.ts'
import { readSelectors } from './read-selectors.ts'
import { allowUnsafeRedis } from './surroundings.ts'

export type RunFlags = {
  input: string[]
  out: string
  task?: string
  format?: string
  license?: string
  requests?: string[]
  config?: string
  set?: string[]
  limit?: number
  fresh: boolean
  allowUnsafeRedis?: boolean
  json: boolean
}

/** The options that say what is to be made; `run`, `enqueue` and `plan` share them. */
export function withRunOptions(command: Command): Command {
  return command
    .requiredOption(
      '-i, --input <files...>',
      'documents: JSON Lines, JSON, CSV or Parquet, plain or gzip; files or globs',
    )
    .requiredOption('-o, --out <folder>', 'where the result goes')
    .option('--task <task>', 'what to make: generate, or dataset for training data')
    .option('--format <format>', 'dataset: jsonl or parquet')
    .option('--license <id>', 'dataset: the licence of the texts, for the data card')
    .option('--requests <files...>', 'write for these requests instead of for held-out documents')
    .option('-c, --config <file>', 'configuration, YAML or JSON')
    .option('--set <key=value...>', 'one configuration key, over the file')
    .option('--limit <targets>', 'at most so many targets', positiveInt)
    .option('--fresh', 'throw away what the folder holds of an earlier run', false)
    .option(...allowUnsafeRedis)
    .option('--json', 'print the result as JSON', false)
}

/**
 * `here`: whether the workers run on this machine; `overrides`: keys that the command itself decides.
 * @throws IdiolectError `config_invalid`, `input_missing`, `model_missing`
 */
export async function readRunRequest(
  flags: RunFlags,
  { env, here, overrides = {} }: { env: NodeJS.ProcessEnv; here: boolean; overrides?: Record<string, unknown> },
): Promise<RunRequest> {
  const config = await loadConfig({
    file: flags.config,
    set: flags.set,
    overrides: {
      task: flags.task,
      'dataset.format': flags.format,
      'dataset.license': flags.license,
      ...(flags.requests === undefined ? {} : { 'targets.select': 'requests' }),
      ...overrides,
    },
  })
  if (config.targets.select === 'requests' && flags.requests === undefined) {
    throw new IdiolectError('usage', 'targets.select is requests, but --requests names no file')
  }
  await checkModels(config, { env, here })
  return {
    inputs: flags.input,
    requests: flags.requests ?? [],
    out: resolve(flags.out),
    config,
    selectors: await readSelectors(config),
    limit: flags.limit ?? null,
  }
}

function positiveInt(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return value
}
