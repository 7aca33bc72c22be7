import { resolve } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { type Command, InvalidArgumentError } from 'commander'

import { checkModels } from './check-models.ts'
import { loadConfig } from './load-config.ts'
import type { RunRequest } from './prepare-run.ts'

export type RunFlags = {
  input: string[]
  out: string
  task?: string
  requests?: string[]
  config?: string
  set?: string[]
  limit?: number
  fresh: boolean
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
    .option('--task <task>', 'what to make: generate')
    .option('--requests <files...>', 'write for these requests instead of for held-out documents')
    .option('-c, --config <file>', 'configuration, YAML or JSON')
    .option('--set <key=value...>', 'one configuration key, over the file')
    .option('--limit <targets>', 'at most so many targets', positiveInt)
    .option('--fresh', 'throw away what the folder holds of an earlier run', false)
    .option('--json', 'print the result as JSON', false)
}

/**
 * `here`: whether the workers run on this machine.
 * @throws IdiolectError `config_invalid`, `input_missing`, `model_missing`
 */
export async function readRunRequest(
  flags: RunFlags,
  surroundings: { env: NodeJS.ProcessEnv; here: boolean },
): Promise<RunRequest> {
  const config = await loadConfig({
    file: flags.config,
    set: flags.set,
    overrides: { task: flags.task, ...(flags.requests === undefined ? {} : { 'targets.select': 'requests' }) },
  })
  if (config.targets.select === 'requests' && flags.requests === undefined) {
    throw new IdiolectError('usage', 'targets.select is requests, but --requests names no file')
  }
  if (config.task === 'dataset') {
    throw new IdiolectError('config_invalid', 'Configuration: task: dataset is not available yet; generate is')
  }
  await checkModels(config, surroundings)
  return {
    inputs: flags.input,
    requests: flags.requests ?? [],
    out: resolve(flags.out),
    config,
    limit: flags.limit ?? null,
  }
}

function positiveInt(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return value
}
