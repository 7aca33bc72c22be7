import { basename, resolve } from 'node:path'
import { bundledModelFolder } from '@idiolect/bundled-models/bundled-model'
import { IdiolectError } from '@idiolect/contracts/errors'

import { openAiEmbedder, teiEmbedder } from './http-embedder.ts'
import type { EndpointLimits } from './http-endpoint.ts'
import { type HuggingFacePlaces, huggingFaceModel } from './hugging-face-model.ts'
import { type Dtype, type ModelFolder, requireModelFiles } from './model-folder.ts'
import { type ModelReference, parseModelReference } from './model-reference.ts'
import { embedderInProcess, generatorInProcess, type InProcessOptions } from './models-in-process.ts'
import { openAiGenerator } from './openai-generator.ts'
import type { TextEmbedder } from './text-embedder.ts'
import type { TextGenerator } from './text-generator.ts'

export type OpenModelOptions = InProcessOptions & {
  places: HuggingFacePlaces
  /** Of `bundled:`, `hf:` and `path:` models. */
  dtype?: Dtype
  /** Of `openai:` and `tei:` endpoints. */
  apiKey?: string | undefined
  endpointLimits?: Partial<EndpointLimits>
}

/**
 * Opens the model that `reference` names (METHOD and configuration: `embed.model`).
 * @throws IdiolectError `config_invalid`, `model_missing`, `model_unsupported`, and of endpoints `endpoint_*`
 */
export async function openEmbedder(reference: string, options: OpenModelOptions): Promise<TextEmbedder> {
  const parsed = parseModelReference(reference)
  const { apiKey, endpointLimits: limits } = options
  switch (parsed.kind) {
    case 'none':
      throw new IdiolectError('config_invalid', 'embed.model is none, but the ranking strategy compares embeddings')
    case 'openai':
      return openAiEmbedder({ ...parsed, apiKey, limits })
    case 'tei':
      return teiEmbedder({ ...parsed, apiKey, limits })
    default:
      return embedderInProcess(await modelFolder(parsed, options), options)
  }
}

/** As `openEmbedder`; null for `none`. `api` is how an `openai:` endpoint is asked. */
export async function openGenerator(
  reference: string,
  options: OpenModelOptions & { api?: 'chat' | 'completions' },
): Promise<TextGenerator | null> {
  const parsed = parseModelReference(reference)
  const { apiKey, endpointLimits: limits, api = 'chat' } = options
  switch (parsed.kind) {
    case 'none':
      return null
    case 'openai':
      return openAiGenerator({ ...parsed, api, apiKey, limits })
    case 'tei':
      throw new IdiolectError('config_invalid', `${reference} embeds texts and generates none`)
    default:
      return generatorInProcess(await modelFolder(parsed, options), options)
  }
}

/**
 * Makes sure that the model's files can be had on this machine, without opening them; an endpoint is taken at its word.
 * @throws IdiolectError `config_invalid`, `model_missing`
 */
export async function checkModel(reference: string, options: OpenModelOptions): Promise<void> {
  const parsed = parseModelReference(reference)
  if (parsed.kind === 'none' || parsed.kind === 'openai' || parsed.kind === 'tei') return
  await requireModelFiles(await modelFolder(parsed, options))
}

type LocalReference = Extract<ModelReference, { kind: 'bundled' | 'hf' | 'path' }>

/** The name goes into the output, so it holds nothing of this machine. */
async function modelFolder(reference: LocalReference, options: OpenModelOptions): Promise<ModelFolder> {
  const { dtype = 'q8', places } = options
  switch (reference.kind) {
    case 'bundled':
      return { name: reference.name, folder: bundledModelFolder(reference.name), dtype }
    case 'hf': {
      const folder = await huggingFaceModel(reference.repository, dtype, places)
      return { name: reference.repository, folder, dtype }
    }
    case 'path': {
      const folder = resolve(reference.folder)
      return { name: basename(folder), folder, dtype }
    }
  }
}
