import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { readProfiles, type TargetProfile } from '@idiolect/comparison/author-profiles'
import { authorshipScorer } from '@idiolect/comparison/authorship'
import { compareRows } from '@idiolect/comparison/compare-rows'
import { readComparedRows } from '@idiolect/comparison/compared-row'
import type { Comparison } from '@idiolect/comparison/comparison'
import { comparisonCsv } from '@idiolect/comparison/comparison-csv'
import { renderReport } from '@idiolect/comparison/report'
import type { Config } from '@idiolect/contracts/config'
import type { Method } from '@idiolect/contracts/method-names'
import { configFor } from '@idiolect/contracts/methods'
import { ingest } from '@idiolect/corpus/ingest'
import { parseModelReference } from '@idiolect/models/model-reference'
import { modelOptions, serviceModels } from '@idiolect/models/service-models'
import type { TextEmbedder } from '@idiolect/models/text-embedder'
import { type FinishedRun, readFolder } from '@idiolect/output/manifest'
import { writeAtomically } from '@idiolect/output/write-atomically'

import { comparisonText } from './compare-table.ts'
import type { RunRequest } from './prepare-run.ts'
import type { Surroundings } from './surroundings.ts'

type ReportRequest = Pick<RunRequest, 'inputs' | 'out' | 'config' | 'limit'>

type ReportOptions = Pick<Surroundings, 'env' | 'signal'> & {
  baseline: Method
  /** Targets whose texts the page shows. */
  shown: number
  authorship: boolean
}

/**
 * Compares the texts of a finished run and writes `comparison.json`, `.csv`, `.txt` and `report.html` beside them.
 * @throws IdiolectError as reading the input, the model and the texts do; `output_unwritable`
 */
export async function reportComparison(request: ReportRequest, options: ReportOptions): Promise<Comparison> {
  const { config, out } = request
  const models = serviceModels(modelOptions(options.env))
  try {
    const embedder = options.authorship ? await openEmbedder(config, models) : null
    const embed = embedder && ((texts: string[]) => embedder.embed(texts, options.signal))
    const profiles = embed && (await profilesOf(request, embed, options.signal))
    const compared = await compareRows(readComparedRows(out), {
      asked: config.compare.methods,
      baseline: options.baseline,
      shown: options.shown,
      seed: config.seed,
      authorship: embed && profiles && authorshipScorer(profiles, { embed, seed: config.seed }),
    })
    const { comparison } = compared
    const found = await readFolder(out)
    const page = await renderReport({
      ...compared,
      seesEntries: (method) => configFor(config, method).prompt.entries,
      facts: found.state === 'finished' ? factsOf(found.run) : [],
    })
    await writeAtomically(join(out, 'comparison.json'), [`${JSON.stringify(comparison, null, 2)}\n`])
    await writeAtomically(join(out, 'comparison.csv'), [comparisonCsv(comparison)])
    await writeAtomically(join(out, 'comparison.txt'), [`${comparisonText(comparison)}\n`])
    await writeAtomically(join(out, 'report.html'), [page])
    return comparison
  } finally {
    await models.close()
  }
}

/** null where the run has no embedding model. */
async function openEmbedder({ embed }: Config, models: ReturnType<typeof serviceModels>): Promise<TextEmbedder | null> {
  return parseModelReference(embed.model).kind === 'none' ? null : models.embedder(embed.model, embed.dtype)
}

/** Reads the input once more, in a folder of its own: the run's is gone when it has finished. */
async function profilesOf(
  { inputs, out, config, limit }: ReportRequest,
  embed: TextEmbedder['embed'],
  signal: AbortSignal,
): Promise<Map<string, TargetProfile>> {
  const workDir = join(out, '.comparison')
  try {
    const rejects = join(workDir, 'rejects.jsonl')
    const corpus = await ingest({ inputs, requests: [], workDir, rejects, signal })
    try {
      return await readProfiles(corpus.authors(targetsOnly(config), limit === null ? {} : { limit }), embed)
    } finally {
      await corpus.close()
    }
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
}

/** Each target once instead of once a method, and no word counted. */
function targetsOnly(config: Config): Config {
  return {
    ...config,
    compare: { ...config.compare, methods: [] },
    synthesize: { ...config.synthesize, method: 'none' },
  }
}

function factsOf({ models, config }: FinishedRun): string[] {
  const named = (stage: string) => [...new Set(models[stage]?.map(({ name }) => name))].join(', ')
  return [
    ...(named('generate') === '' ? [] : [`generator ${named('generate')}`]),
    ...(named('embed') === '' ? [] : [`embedding ${named('embed')}`]),
    `seed ${config.seed}`,
  ]
}
