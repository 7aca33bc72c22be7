import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { IdiolectError } from '@idiolect/contracts/errors'

import { type Dtype, hasModelFiles, onnxFile } from './model-folder.ts'

export type HuggingFacePlaces = {
  /** Models as ORG/NAME folders; where a download goes. */
  modelsFolder: string
  /** Hugging Face's own cache: the value of HF_HOME, usually ~/.cache/huggingface. */
  hfHome?: string | undefined
  /** Where an absent model is downloaded from, such as https://huggingface.co. Without it nothing is downloaded. */
  hubUrl?: string | undefined
}

/** What sentence-transformers and chat models keep beside what transformers.js knows of. */
const furtherFiles = ['sentence_bert_config.json', '1_Pooling/config.json', 'chat_template.jinja']

/** No byte for this long ends a download. */
const stalledMs = 30_000

/**
 * The folder of a Hugging Face model: from the models folder, from the Hugging Face cache, or downloaded.
 * @throws IdiolectError `model_missing` that says how to put the model in place by hand
 */
export async function huggingFaceModel(repository: string, dtype: Dtype, places: HuggingFacePlaces): Promise<string> {
  const { modelsFolder, hfHome, hubUrl } = places
  const plain = join(modelsFolder, repository)
  const cached = hfHome === undefined ? undefined : await cachedSnapshot(repository, hfHome)
  for (const folder of [plain, cached]) {
    if (folder !== undefined && (await hasModelFiles(folder, dtype))) return folder
  }
  const byHand = `put its config.json, tokenizer.json, tokenizer_config.json and ${onnxFile(dtype)} into ${plain}`
  if (hubUrl === undefined) {
    const searched = hfHome === undefined ? modelsFolder : `${modelsFolder} or ${hfHome}`
    throw new IdiolectError('model_missing', `Model ${repository} (${dtype}) is not in ${searched}: ${byHand}`)
  }
  try {
    await download(repository, dtype, { hubUrl, folder: plain })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    const message = `Model ${repository} (${dtype}) could not be downloaded from ${hubUrl} (${reason}): ${byHand}`
    throw new IdiolectError('model_missing', message, { cause })
  }
  return plain
}

/** hub/models--ORG--NAME: refs/main holds the revision, snapshots/REVISION its files. */
async function cachedSnapshot(repository: string, hfHome: string): Promise<string | undefined> {
  const folder = join(hfHome, 'hub', `models--${repository.replace('/', '--')}`)
  const revision = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => undefined)
  return revision === undefined ? undefined : join(folder, 'snapshots', revision.trim())
}

async function download(repository: string, dtype: Dtype, to: { hubUrl: string; folder: string }): Promise<void> {
  const hub = to.hubUrl.replace(/\/*$/, '/')
  // Loaded here alone: the library takes half a second and 80 MB.
  const { env, ModelRegistry } = await import('@xenova/transformers')
  env.remoteHost = hub
  env.allowLocalModels = false
  env.useFSCache = false
  const files = await ModelRegistry.get_files(repository, { dtype, device: 'cpu', include_processor: false })
  // The graph last: a folder without it counts as absent, so a download that was cut off begins again.
  const last = onnxFile(dtype)
  for (const file of [...files.filter((name) => name !== last), ...furtherFiles, last]) {
    const url = `${hub}${repository}/resolve/main/${file}`
    await downloadFile(url, join(to.folder, file), { optional: furtherFiles.includes(file) })
  }
}

async function downloadFile(url: string, path: string, { optional }: { optional: boolean }): Promise<void> {
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(new Error(`${url} sends nothing`)), stalledMs)
  try {
    const response = await fetch(url, { signal: stalled.signal })
    if (response.status === 404 && optional) return
    if (!response.ok || response.body === null) throw new Error(`${url}: status ${response.status}`)
    const part = `${path}.${process.pid}.part`
    await mkdir(dirname(path), { recursive: true })
    try {
      const body = Readable.fromWeb(response.body as ReadableStream).on('data', () => timer.refresh())
      await pipeline(body, createWriteStream(part))
      await rename(part, path)
    } finally {
      await rm(part, { force: true })
    }
  } finally {
    clearTimeout(timer)
  }
}
