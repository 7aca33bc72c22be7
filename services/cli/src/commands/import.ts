import { join, parse } from 'node:path'

import { importMail } from '@idiolect/corpus/import/import-mail'
import { Command } from 'commander'

import { print, type Surroundings } from '../surroundings.ts'

export function importCommand(surroundings: Surroundings): Command {
  const mail = new Command('mail')
    .description('an mbox, a Maildir, or a folder of messages: author = sender, title = subject, text = own words')
    .argument('<path>', 'file, folder or glob')
    .requiredOption('-o, --out <file>', 'documents as JSON Lines; what is no document goes to …rejects.jsonl beside it')
    .option('--json', 'print the result as JSON', false)
    .action(async (path: string, { out, json }: { out: string; json: boolean }) => {
      const rejects = rejectsBeside(out)
      const counts = await importMail({ path, out, rejects, signal: surroundings.signal })
      const text = `${counts.documents} of ${counts.messages} messages are in ${out}; the reasons of the others are in ${rejects}`
      print(surroundings, json, { out, rejects, ...counts }, text)
    })
  return new Command('import').addCommand(mail)
}

/** `docs.jsonl` → `docs.rejects.jsonl` */
function rejectsBeside(out: string): string {
  const { dir, name } = parse(out)
  return join(dir, `${name}.rejects.jsonl`)
}
