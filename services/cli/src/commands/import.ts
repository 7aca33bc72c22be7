import { join, parse } from 'node:path'

import { IdiolectError } from '@idiolect/contracts/errors'
import { importLamp } from '@idiolect/corpus/import/import-lamp'
import { importLongLamp } from '@idiolect/corpus/import/import-longlamp'
import { importMail } from '@idiolect/corpus/import/import-mail'
import type { QuestionCounts } from '@idiolect/corpus/import/import-questions'
import { amazonColumns, type Columns, importTable } from '@idiolect/corpus/import/import-table'
import { Command } from 'commander'

import { print, type Surroundings } from '../surroundings.ts'

export function importCommand(surroundings: Surroundings): Command {
  const commands = [mailCommand, lampCommand, longLampCommand, amazonCommand, csvCommand]
  return commands.reduce((parent, command) => parent.addCommand(command(surroundings)), new Command('import'))
}

type Flags = { out: string; json: boolean }
type QuestionFlags = Flags & { requestsOut?: string; referencesOut?: string }

function formatCommand(name: string, path: string): Command {
  return new Command(name)
    .argument('<path>', path)
    .requiredOption('-o, --out <file>', 'documents as JSON Lines; what cannot be used goes to …rejects.jsonl beside it')
    .option('--json', 'print the result as JSON', false)
}

function mailCommand(surroundings: Surroundings): Command {
  return formatCommand('mail', 'file, folder or glob')
    .description('an mbox, a Maildir, or a folder of messages: author = sender, title = subject, text = own words')
    .action(async (path: string, { out, json }: Flags) => {
      const rejects = rejectsBeside(out)
      const counts = await importMail({ path, out, rejects, signal: surroundings.signal })
      const text = `${counts.documents} of ${counts.messages} messages are in ${out}; the reasons of the others are in ${rejects}`
      print(surroundings, json, { out, rejects, ...counts }, text)
    })
}

function questionCommand(name: string, path: string): Command {
  return formatCommand(name, path)
    .option('--requests-out <file>', 'the questions, for run --requests')
    .option('--references-out <file>', 'the true texts, for evaluate --references')
}

function lampCommand(surroundings: Surroundings): Command {
  return questionCommand('lamp', '*_questions.json: file or glob')
    .description('LaMP, all seven tasks: author = user_id, or else the question; order stands for time without dates')
    .option('--outputs <file>', '*_outputs.json: file or glob')
    .action(async (path: string, { json, outputs, ...flags }: QuestionFlags & { outputs?: string }) => {
      const paths = { ...flags, rejects: rejectsBeside(flags.out) }
      const counts = await importLamp({ path, outputs, ...paths, signal: surroundings.signal })
      print(surroundings, json, { ...paths, ...counts }, questionText(counts, paths))
    })
}

function longLampCommand(surroundings: Surroundings): Command {
  return questionCommand('longlamp', 'Parquet, JSON Lines or JSON array of a split: file or glob')
    .description('LongLaMP, all configurations: author = name, reviewerId or author; order stands for time')
    .action(async (path: string, { json, ...flags }: QuestionFlags) => {
      const paths = { ...flags, rejects: rejectsBeside(flags.out) }
      const counts = await importLongLamp({ path, ...paths, signal: surroundings.signal })
      print(surroundings, json, { ...paths, ...counts }, questionText(counts, paths))
    })
}

function amazonCommand(surroundings: Surroundings): Command {
  return formatCommand('amazon', 'JSON Lines, plain or gzip: file or glob')
    .description('5-core Amazon reviews: author = reviewerID, id = asin, title = summary, text = reviewText')
    .action((path: string, flags: Flags) => table(surroundings, flags, { path, columns: amazonColumns }))
}

function csvCommand(surroundings: Surroundings): Command {
  return formatCommand('csv', 'CSV with a header; comma, semicolon or tab; plain or gzip: file or glob')
    .description('a table with a document a row')
    .requiredOption(
      '--columns <map>',
      'user=…,id=…,time=…,title=…,text=… with the names of the columns; id and title may be left out',
    )
    .action((path: string, { columns, ...flags }: Flags & { columns: string }) =>
      table(surroundings, flags, { path, columns: parseColumns(columns), format: 'csv' }),
    )
}

type Table = { path: string; columns: Columns; format?: 'csv' }

async function table(surroundings: Surroundings, { out, json }: Flags, source: Table): Promise<void> {
  const rejects = rejectsBeside(out)
  const counts = await importTable({ ...source, out, rejects, signal: surroundings.signal })
  const text = `${counts.documents} of ${counts.records} records are in ${out}; the reasons of the others are in ${rejects}`
  print(surroundings, json, { out, rejects, ...counts }, text)
}

function questionText(counts: QuestionCounts, { out, rejects }: { out: string; rejects: string }): string {
  const { documents, requests, questions, references, rejected } = counts
  return `${documents} documents are in ${out}; ${requests} of ${questions} questions are requests, ${references} with a true text; ${rejected} rejects, with their reasons in ${rejects}`
}

/** @throws IdiolectError `usage` for a part that is not known, and for a needed one that is not there */
function parseColumns(map: string): Columns {
  const entries = map.split(',').map((pair) => {
    const [, part, column] = /^\s*(user|id|time|title|text)=(.+)$/.exec(pair) ?? []
    if (part === undefined || column === undefined) {
      throw new IdiolectError('usage', `--columns: "${pair}" is not user=…, id=…, time=…, title=… or text=…`)
    }
    return [part, column] as const
  })
  const { user, id, time, title, text } = Object.fromEntries<string | undefined>(entries)
  if (user === undefined || time === undefined || text === undefined) {
    throw new IdiolectError('usage', `--columns ${map}: user, time and text must be named`)
  }
  return { user, id, time, title, text }
}

/** `docs.jsonl` → `docs.rejects.jsonl` */
function rejectsBeside(out: string): string {
  const { dir, name } = parse(out)
  return join(dir, `${name}.rejects.jsonl`)
}
