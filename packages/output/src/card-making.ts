import { basename } from 'node:path'

import type { FinishedRun } from './manifest.ts'
import { markdownTable } from './markdown-table.ts'

/** How the rows were made, as a section of the data card. */
export function cardMaking(run: FinishedRun): string {
  return `## How it was made

${settings(run)}

Everything that is drawn is drawn from a hash of the seed, so the same input, configuration, models and versions give the same bytes;
\`run.json\` has all of them, and \`sha256sum -c SHA256SUMS\` checks the files.

${markdownTable([['model of', 'name', 'digest'], ...modelRows(run)])}

${markdownTable([['input', 'bytes', 'SHA-256'], ...run.inputs.map(({ path, bytes, sha256 }) => [basename(path), bytes, sha256])])}`
}

function settings({ config, limit, versions }: FinishedRun): string {
  const { targets, history, context, rank, summarize, synthesize, split, prompt, seed } = config
  const rows: [string, string][] = [
    [
      'targets',
      `documents of more than ${targets.minChars} characters with at least ${targets.minHistory} earlier ones`,
    ],
    ['authors', `those with at least ${targets.minPerUser} targets, of whom at most ${targets.maxPerUser} are drawn`],
    ['x_t', `the first ${context.chars} characters of title and text`],
    [
      'looked back on',
      `the ${history.maxDocuments} most recent documents strictly before the target, of ${history.maxChars} characters at most`,
    ],
    ['entries', `\`${rank.strategy}\`, together at most ${rank.maxChars} characters; snippets of ${rank.snippetChars}`],
    ['summary', `${made(summarize)}, at most ${summarize.maxChars} characters`],
    ['important words', `${made(synthesize)}, at most ${synthesize.maxWords}`],
    ['word vectors', synthesize.wordVectors === null ? 'none: identity and WordNet' : basename(synthesize.wordVectors)],
    ['prompt', `x_t stands ${prompt.start}, ${prompt.wholeWords ? 'up to its last whole word' : 'unchanged'}`],
    ['split', `by user: ${split.train} train, ${split.validation} validation, ${split.test} test`],
    ['seed', String(seed)],
    ['limit', limit === null ? 'none' : String(limit)],
    [
      'versions',
      Object.entries(versions)
        .map((each) => each.join(' '))
        .join(', '),
    ],
  ]
  return markdownTable([['what', 'how'], ...rows])
}

function made({ method, kind }: { method: string; kind: string }): string {
  return method === 'none' || method === 'label' ? `\`${method}\`` : `\`${method}\` of kind ${kind}`
}

function modelRows({ models }: FinishedRun): string[][] {
  return Object.entries(models).flatMap(([stage, known]) =>
    known.map(({ name, digest }) => [stage, withoutCredentials(name), digest]),
  )
}

/** A model can be named by a URL, and a URL can hold a password. */
function withoutCredentials(name: string): string {
  return name.replace(/\/\/[^/@]*@/, '//')
}
