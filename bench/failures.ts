/**
 * What bad records and a kill cost: 2,000 targets go through the real services to a server that cannot answer 20 of them; then the
 * command and all its workers are killed with -9 at half time, and the same command is given again.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { listParts } from '@idiolect/output/parts'

import { startIdiolect } from '../tests/processes.ts'
import { isTarget, writeCorpus } from './made-up-corpus.ts'
import { report } from './report.ts'

const targets = 2_000
const poisoned = 20
const answerMs = 10

/** A target's prompt begins with the start of its text. */
const poison = 'Poison'
const isPoisoned = (prompt: string) => prompt.slice(0, 200).includes(poison)

const answered = new Map<string, number>()
const server = createServer(async (request, response) => {
  const { messages } = JSON.parse(await text(request)) as { messages: { content: string }[] }
  const { content } = messages[0]!
  await sleep(answerMs)
  answered.set(content, (answered.get(content) ?? 0) + 1)
  response.writeHead(isPoisoned(content) ? 400 : 200, { 'content-type': 'application/json' })
  const choices = [{ index: 0, message: { role: 'assistant', content: 'And so on.' }, finish_reason: 'stop' }]
  response.end(JSON.stringify(isPoisoned(content) ? { error: { message: 'refused' } } : { choices }))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const model = `openai:http://127.0.0.1:${(server.address() as AddressInfo).port}/v1#made-up`

const folder = await mkdtemp(join(tmpdir(), 'idiolect-bench-'))
const documents = join(folder, 'documents.jsonl')
const env = { IDIOLECT_HOME: join(folder, 'home'), REDIS_URL: undefined, LOG_LEVEL: 'error' }

function start(out: string) {
  const settings = ['rank.strategy=RankDocBM25', 'targets.select=all', `generate.model=${model}`]
  return startIdiolect(['run', '-i', documents, '-o', out, '--set', ...settings], env)
}

async function countsOf(out: string): Promise<Record<string, number>> {
  return JSON.parse(await readFile(join(out, 'run.json'), 'utf8')).counts
}

/** The command and its workers; Redis, which a later command joins, lives on. */
async function killWithAll(pid: number): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-e', '-o', 'pid=,ppid='])
  const parents = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const family = new Set([pid])
  for (const [child, parent] of parents) if (family.has(parent!)) family.add(child!)
  for (const each of family) process.kill(each, 'SIGKILL')
}

try {
  let marked = 0
  await writeCorpus(documents, targets, (document) =>
    isTarget(document) && document % 125 === 9 && marked++ < poisoned ? `${poison}. ` : '',
  )
  const peace = join(folder, 'peace')
  await once(start(peace), 'close')
  const { done, failed } = await countsOf(peace)
  report(`${targets} targets, ${marked} of them poisoned`, [
    { figure: 'written', value: done! },
    { figure: 'given up', value: failed! },
    { figure: 'good ones lost', value: targets - marked - done! },
  ])

  answered.clear()
  const killed = join(folder, 'killed')
  const first = start(killed)
  const ended = once(first, 'close')
  while (answered.size < targets / 2) await sleep(20)
  await killWithAll(first.pid!)
  await ended
  // What was in work at the server gets its answer, which nobody hears.
  await sleep(10 * answerMs)
  const before = answered.size
  const kept = (await listParts(killed)).reduce((sum, { count }) => sum + count, 0)
  await once(start(killed), 'close')
  const again = [...answered.values()].reduce((sum, times) => sum + times - 1, 0)
  const files = ['generations.jsonl', 'failures.jsonl']
  const same = await Promise.all(
    files.map(async (file) => (await readFile(join(peace, file))).equals(await readFile(join(killed, file)))),
  )
  report('kill -9 of the command and its workers at half time, the same command again', [
    { figure: 'answered before the kill', value: before },
    { figure: 'in the output folder then', value: kept },
    { figure: 'answered once more', value: again },
    { figure: 'files that differ', value: same.filter((isSame) => !isSame).length },
  ])
} finally {
  server.close()
  server.closeAllConnections()
  await rm(folder, { recursive: true, force: true })
}
