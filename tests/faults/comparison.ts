import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const dataFiles = ['generations.jsonl', 'failures.jsonl', 'rejects.jsonl', 'run.json'] as const

export type DataFiles = Record<(typeof dataFiles)[number], string>

export type Comparison = {
  /** Targets of the one that the other lacks, or has twice. */
  lost: number
  duplicated: number
  differing: string[]
  /** Whether the rows and failures are as many as `run.json` says, and together all targets. */
  countsAddUp: boolean
}

export async function readDataFiles(out: string): Promise<DataFiles> {
  const texts = await Promise.all(dataFiles.map((name) => readFile(join(out, name), 'utf8')))
  return Object.fromEntries(dataFiles.map((name, index) => [name, texts[index]!])) as DataFiles
}

/** Everything in a finished folder, its work folder included. */
export async function namesIn(out: string): Promise<string[]> {
  return (await readdir(out, { recursive: true })).sort()
}

export function compare(undisturbed: DataFiles, disturbed: DataFiles): Comparison {
  const had = new Set(idsOf(disturbed))
  const { targets, done, failed } = countsOf(disturbed)
  return {
    lost: idsOf(undisturbed).filter((id) => !had.has(id)).length,
    duplicated: idsOf(disturbed).length - had.size,
    differing: dataFiles.filter((name) => undisturbed[name] !== disturbed[name]),
    countsAddUp:
      linesOf(disturbed['generations.jsonl']).length === done &&
      linesOf(disturbed['failures.jsonl']).length === failed &&
      done + failed === targets,
  }
}

export function countsOf(files: DataFiles): { targets: number; done: number; failed: number } {
  return JSON.parse(files['run.json']).counts
}

function idsOf(files: DataFiles): string[] {
  const lines = [...linesOf(files['generations.jsonl']), ...linesOf(files['failures.jsonl'])]
  return lines.map((line) => (JSON.parse(line) as { id: string }).id)
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n')
}
