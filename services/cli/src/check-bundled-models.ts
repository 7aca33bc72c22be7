import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Finding } from '@idiolect/local-redis/check-redis'

const check = 'Bundled models'
const advice = 'Get these files again from the repository, for example with `git checkout packages/bundled-models`.'

/** Whether every file that `folder`/SHA256SUMS names is in `folder`/models with that digest. Reads them whole. */
export async function checkBundledModels(folder: string): Promise<Finding> {
  const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8').catch(() => null)
  if (sums === null) return { check, ok: false, message: `${join(folder, 'SHA256SUMS')} is missing`, advice }
  const files = sums.split('\n').flatMap((line) => {
    const [, digest, name] = line.match(/^([0-9a-f]{64})\s+\*?(.+)$/) ?? []
    return digest === undefined || name === undefined ? [] : [{ digest, name }]
  })
  const wrong: string[] = []
  for (const { digest, name } of files) {
    const found = await digestOf(join(folder, 'models', name))
    if (found !== digest) wrong.push(`${name} ${found === null ? 'is missing' : 'has another digest'}`)
  }
  if (wrong.length > 0) return { check, ok: false, message: wrong.join('; '), advice }
  return { check, ok: true, message: `${files.length} files as they should be` }
}

/** sha256 (hex) of a file; null where it cannot be read. */
async function digestOf(file: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file), hash)
    return hash.digest('hex')
  } catch {
    return null
  }
}
