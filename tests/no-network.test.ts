import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { homeForTests, programForTests, removeHome } from '@idiolect/local-redis/program-for-tests'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { importMail } from './texts.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'services/cli/bin/idiolect.js')

let dir: string
let home: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-no-network-'))
  home = await homeForTests(await programForTests())
})
afterAll(async () => {
  await removeHome(home)
  await rm(dir, { recursive: true, force: true })
})

/** A command where there is no network but loopback; its environment is `env` over this process's. */
function withoutNetwork(command: string[], env: NodeJS.ProcessEnv = {}) {
  const script = 'ip link set lo up && exec "$@"'
  return run('unshare', ['--net', 'sh', '-c', script, 'sh', ...command], { cwd: root, env: { ...process.env, ...env } })
}

/** Loaded into every process of Node's: writes down whom else than this machine it wants to speak to, or asks the address of. */
const recorder = `
  import { appendFileSync } from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  import dns from 'node:dns'
  import net from 'node:net'
  const note = (host) => {
    if (!/^(127\\.|::1$|localhost$)/.test(host)) appendFileSync(process.env.RECORD, host + '\\n')
  }
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (...given) {
    const options = [given].flat(2).find((each) => typeof each === 'object' && each !== null) ?? {}
    if (options.path === undefined) note(String(options.host ?? 'localhost'))
    return connect.apply(this, given)
  }
  for (const place of [dns, dns.promises]) {
    const lookup = place.lookup
    place.lookup = (host, ...rest) => (note(String(host)), lookup(host, ...rest))
  }
  syncBuiltinESMExports()`

test('a run with the bundled models needs no network and asks for none', { timeout: 300_000 }, async (context) => {
  const links = await withoutNetwork(['ip', '-o', 'link']).catch((error: Error) => error)
  if (links instanceof Error) {
    const reason = `the network cannot be taken away here: ${links.message.trim().split('\n').at(-1)}`
    console.warn(reason)
    return context.skip(reason)
  }
  expect(links.stdout.trim().split('\n')).toEqual([expect.stringContaining(' lo: ')])

  const documents = await importMail(dir, '00*.txt')
  const record = join(dir, 'record')
  await writeFile(record, '')
  const out = join(dir, 'out')
  const env = {
    IDIOLECT_HOME: home,
    REDIS_URL: undefined,
    RECORD: record,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(recorder)}`,
  }
  const asks = `await fetch('http://models.example/').catch(() => {})`
  await withoutNetwork([process.execPath, '--input-type=module', '--eval', asks], env)
  expect(await readFile(record, 'utf8')).toContain('models.example')
  await writeFile(record, '')

  const few = ['--limit', '2', '--set', 'generate.maxTokens=32', 'history.maxDocuments=12', 'batch.records=1']
  await withoutNetwork([process.execPath, cli, 'run', '-i', documents, '-o', out, ...few], env)
  const { counts, models } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))
  expect(counts).toMatchObject({ targets: 2, done: 2, failed: 0 })
  expect(Object.keys(models)).toEqual(['embed', 'generate'])
  expect(await readFile(record, 'utf8')).toBe('')
})
