import { stat } from 'node:fs/promises'
import { join } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { ingest } from '@idiolect/corpus/ingest'
import { type Database, openDatabase } from '@idiolect/corpus/store/database'
import type { FinishedRun, InputFile } from '@idiolect/output/manifest'

export interface InputOptions {
  /** Paths or globs that are taken in place of those of the run, whatever they hold. */
  inputs?: string[] | undefined
  requests?: string[] | undefined
  /** A folder for the database. */
  work: string
  signal: AbortSignal
}

/**
 * Reads what a run was made of, as the run read it. The caller closes the database.
 * @throws IdiolectError `input_missing`, or `input_unusable` where a file of the run has changed since
 */
export async function openInput(
  run: Pick<FinishedRun, 'inputs' | 'requests'>,
  options: InputOptions,
): Promise<Database> {
  const { work, signal } = options
  const inputs = options.inputs ?? (await pathsOf(run.inputs, '--input'))
  const requests = options.requests ?? (await pathsOf(run.requests, '--requests'))
  const corpus = await ingest({ inputs, requests, workDir: work, rejects: join(work, 'rejects.jsonl'), signal })
  await corpus.close()
  if (options.inputs === undefined) refuseChanged(run.inputs, corpus.inputs, '--input')
  if (options.requests === undefined) refuseChanged(run.requests, corpus.requests, '--requests')
  return openDatabase(work)
}

/** The size is looked at first: the digest of a large file takes as long as reading it all. */
async function pathsOf(files: readonly InputFile[], flag: string): Promise<string[]> {
  for (const { path, bytes } of files) {
    const found = await stat(path).catch(() => null)
    if (found === null) throw refusal('input_missing', `${path} of run.json is not there`, flag)
    if (found.size !== bytes) throw changed(path, flag)
  }
  return files.map(({ path }) => path)
}

function refuseChanged(expected: readonly InputFile[], found: readonly InputFile[], flag: string): void {
  const digests = new Map(found.map(({ path, sha256 }) => [path, sha256]))
  for (const { path, sha256 } of expected) if (digests.get(path) !== sha256) throw changed(path, flag)
}

function changed(path: string, flag: string): IdiolectError {
  return refusal('input_unusable', `${path} has another digest than in run.json`, flag)
}

function refusal(code: 'input_missing' | 'input_unusable', problem: string, flag: string): IdiolectError {
  return new IdiolectError(code, `${problem}; name the files that the run was made of with ${flag}`)
}
