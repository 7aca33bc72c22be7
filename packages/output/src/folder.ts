import { join } from 'node:path'

/** What lies where in an output folder. `work` is gone or idle once `run.json` is there. */
export function outputFolder(dir: string) {
  const work = join(dir, '.idiolect')
  return {
    dir,
    generations: join(dir, 'generations.jsonl'),
    failures: join(dir, 'failures.jsonl'),
    rejects: join(dir, 'rejects.jsonl'),
    timings: join(dir, 'timings.json'),
    /** Dataset task: in how many documents of the training users each word occurs. */
    frequencies: join(dir, 'document-frequencies.tsv.gz'),
    card: join(dir, 'README.md'),
    checksums: join(dir, 'SHA256SUMS'),
    audit: join(dir, 'audit.json'),
    /** Who is not to be in the folder any more, and what was removed of them. It outlives the run. */
    forgotten: join(dir, 'forgotten.jsonl'),
    /** Written last: the mark of a finished run. */
    run: join(dir, 'run.json'),
    work,
    /** What the folder is being filled with; written first. */
    manifest: join(work, 'manifest.json'),
    parts: join(work, 'parts'),
    corpus: join(work, 'corpus'),
    logs: join(work, 'logs'),
  }
}

export type OutputFolder = ReturnType<typeof outputFolder>
