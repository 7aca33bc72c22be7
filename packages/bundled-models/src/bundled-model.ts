import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IdiolectError } from '@idiolect/contracts/errors'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The models in `models/`; LICENSE, NOTICE and MODEL.md (provenance) stand beside each. */
export const bundledModels = ['all-MiniLM-L6-v2', 'SmolLM2-135M-Instruct'] as const
export type BundledModelName = (typeof bundledModels)[number]

/** @throws IdiolectError `model_missing` that names the models there are */
export function bundledModelFolder(name: string): string {
  if ((bundledModels as readonly string[]).includes(name)) return join(root, 'models', name)
  throw new IdiolectError('model_missing', `No bundled model ${name}; there are ${bundledModels.join(' and ')}`)
}

/**
 * sha256 (hex) over the model's lines of SHA256SUMS, so that 180 MB need not be read to name what was used; that the files
 * are those of SHA256SUMS is a test.
 */
export function bundledModelDigest(name: BundledModelName): string {
  const digest = createHash('sha256')
  for (const { sha256, path } of checksums()) if (path.startsWith(`${name}/`)) digest.update(`${sha256}  ${path}\n`)
  return digest.digest('hex')
}

/** The entries of SHA256SUMS; paths are relative to `models/`. */
export function checksums(): Array<{ sha256: string; path: string }> {
  const lines = readFileSync(join(root, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66) }))
}
