import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { IdiolectError } from '@idiolect/contracts/errors'
import type { z } from 'zod'

export type Dtype = 'q8' | 'fp32'

/** A model as files: `config.json`, `tokenizer.json` and one ONNX graph a dtype, as Hugging Face's ONNX exports are laid out. */
export type ModelFolder = { name: string; folder: string; dtype: Dtype }

export function onnxFile(dtype: Dtype): string {
  return join('onnx', dtype === 'q8' ? 'model_quantized.onnx' : 'model.onnx')
}

/** @throws IdiolectError `model_missing` that names the files that are not there */
export async function requireModelFiles({ name, folder, dtype }: ModelFolder): Promise<void> {
  const missing = await missingFiles(folder, dtype)
  if (missing.length === 0) return
  throw new IdiolectError(
    'model_missing',
    `Model ${name} (${dtype}): ${folder} has no ${missing.join(', no ')}. ` +
      "Put the model's ONNX export there (config.json, tokenizer.json, onnx/), or name another folder or dtype",
  )
}

export async function hasModelFiles(folder: string, dtype: Dtype): Promise<boolean> {
  return (await missingFiles(folder, dtype)).length === 0
}

async function missingFiles(folder: string, dtype: Dtype): Promise<string[]> {
  const wanted = ['config.json', 'tokenizer.json', onnxFile(dtype)]
  const present = await Promise.all(wanted.map((file) => isFile(join(folder, file))))
  return wanted.filter((_, index) => !present[index])
}

/**
 * A JSON file of a model folder; `fallback`, where given, stands for a file that is not there.
 * @throws IdiolectError `model_unsupported` where the file is not JSON of that shape
 */
export async function readModelJson<T>(path: string, schema: z.ZodType<T>, fallback?: unknown): Promise<T> {
  try {
    if (fallback !== undefined && !(await isFile(path))) return schema.parse(fallback)
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new IdiolectError('model_unsupported', `${path} is not what the model's other files need`, { cause })
  }
}

const digests = new Map<string, Promise<string>>()

/** sha256 (hex) over the names and the sha256 of the JSON files and of the dtype's ONNX files; read once a process. */
export function modelDigest({ folder, dtype }: ModelFolder): Promise<string> {
  const key = join(folder, onnxFile(dtype))
  const known = digests.get(key)
  if (known !== undefined) return known
  const digest = digestFiles(folder, dtype)
  digests.set(key, digest)
  return digest
}

async function digestFiles(folder: string, dtype: Dtype): Promise<string> {
  const paths = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.endsWith('.json') || basename(path).startsWith(basename(onnxFile(dtype))))
    .map((path) => relative(folder, path))
    .sort()
  const digest = createHash('sha256')
  for (const path of paths) {
    if (!(await isFile(join(folder, path)))) continue
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(folder, path)), hash)
    digest.update(`${hash.digest('hex')}  ${path}\n`)
  }
  return digest.digest('hex')
}

/** Follows links: the Hugging Face cache holds a model's files as links to its blobs. */
async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
