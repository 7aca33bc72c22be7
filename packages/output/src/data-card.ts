import { readFile } from 'node:fs/promises'

import { IdiolectError } from '@idiolect/contracts/errors'

import { cardColumns } from './card-columns.ts'
import { cardCounts } from './card-counts.ts'
import { cardHeader } from './card-header.ts'
import { cardMaking } from './card-making.ts'
import { cardUse } from './card-use.ts'
import { outputFolder } from './folder.ts'
import { type FinishedRun, readFolder } from './manifest.ts'
import { markdownTable } from './markdown-table.ts'
import { writeAtomically } from './write-atomically.ts'

/** As far as the card speaks of it. */
type Audit = { ok: boolean; checks: { check: number; name: string; checked: number; violations: number }[] }

/**
 * Writes the data card of a finished dataset, with the result of its audit where there is one. The same folder gives the same bytes.
 * @throws IdiolectError `input_missing` where the folder holds no finished dataset, `output_unwritable`
 */
export async function writeDataCard(dir: string): Promise<void> {
  const folder = outputFolder(dir)
  const found = await readFolder(dir)
  if (found.state !== 'finished' || found.run.config.task !== 'dataset') {
    throw new IdiolectError('input_missing', `${dir} holds no finished dataset to write a card for`)
  }
  await writeAtomically(folder.card, [dataCard(found.run, await readAudit(folder.audit))])
}

/** `README.md` of a dataset: a header for Hugging Face, and text for people. */
export function dataCard(run: FinishedRun, audit: Audit | null): string {
  const sections = [
    introduction(run),
    cardCounts(run),
    cardMaking(run),
    cardColumns(),
    wordStatistics,
    auditOf(audit),
    cardUse(),
  ]
  return `${cardHeader(run)}\n${sections.join('\n\n')}\n`
}

function introduction({ config: { dataset }, versions }: FinishedRun): string {
  return `# Training data for personalized writing

Made with Idiolect ${versions.idiolect ?? ''} from many authors' dated documents, by the method of "Teach LLMs to Personalize – An Approach
inspired by Writing Education" (arXiv 2308.07968): for each target, a document of an author, what the author wrote strictly before it is
ranked against the start of the target, summarized, and searched for the author's important words.

${markdownTable([
  ['set', 'teaches', 'from', 'to'],
  ['`generation`', 'the generator', 'start, summary, important words, past passages', 'the whole target'],
  ['`summary`', 'the summarizer', 'start, past passages', 'the past snippets that are most like the target'],
  ['`synthesis`', 'the synthesizer', 'start, past passages', 'the past words that the target uses, or their synonyms'],
  ['`author-distinction`', 'the generator, beside its own set', 'two passages', 'whether one author wrote both'],
])}

No user is in two splits. ${dataset.license === null ? 'No licence was named; the texts are their authors\u2019.' : `Licence, as named by those who made the data: ${dataset.license}.`}`
}

const wordStatistics = `## Word statistics

\`document-frequencies.tsv.gz\` says in how many documents of the training users each word occurs, as the labels of \`synthesis\` took it: the
first line is the number of documents, then a line a word, most frequent first, with a tab before the number. A word that is not in it
counts as occurring once.`

function auditOf(audit: Audit | null): string {
  if (audit === null) return '## Audit\n\nNot audited. `npx idiolect audit DIR` looks for what must never happen.'
  const rows = audit.checks.map(({ check, name, checked, violations }) => [check, name, checked, violations])
  const result = audit.ok ? 'Nothing was found' : 'Violations were found'
  return `## Audit

${result}; \`audit.json\` has the details.

${markdownTable([['check', 'what must not be', 'looked at', 'violations'], ...rows])}`
}

async function readAudit(path: string): Promise<Audit | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Audit
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
