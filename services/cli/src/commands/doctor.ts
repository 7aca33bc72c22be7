import { parseConfig } from '@idiolect/contracts/config'
import { redisUrlOf } from '@idiolect/runtime/redis-address'
import { Command } from 'commander'

import { doctor } from '../doctor.ts'
import { loadConfig } from '../load-config.ts'
import { homeFolder, print, type Surroundings } from '../surroundings.ts'

export function doctorCommand(surroundings: Surroundings): Command {
  return new Command('doctor')
    .option('-c, --config <file>', 'check the endpoints that this configuration names, too')
    .option('--json', 'print the result as JSON', false)
    .action(async ({ config: file, json }: { config?: string; json: boolean }) => {
      const { env } = surroundings
      const redisUrl = redisUrlOf(env)
      const config = file === undefined ? parseConfig({}) : await loadConfig({ file })
      const findings = await doctor({
        home: homeFolder(env),
        endpoints: endpointsOf(config),
        ...(redisUrl === undefined ? {} : { redisUrl }),
        ...(env.PATH === undefined ? {} : { path: env.PATH }),
      })
      const lines = findings.map(({ check, ok, message, advice }) => {
        const mark = ok === true ? '✓' : ok === 'warning' ? '!' : '✗'
        return `${mark} ${check}: ${message}${advice === undefined ? '' : `\n    ${advice}`}`
      })
      print(surroundings, json, findings, lines.join('\n'))
      if (findings.some(({ ok }) => ok === false)) surroundings.exit.code = 1
    })
}

type Models = { [stage in 'embed' | 'summarize' | 'synthesize' | 'generate']: { model: string | null } }

/** The addresses in `openai:URL#MODEL` and `tei:URL`. */
function endpointsOf({ embed, summarize, synthesize, generate }: Models): string[] {
  const references = [embed, summarize, synthesize, generate].map(({ model }) => model ?? '')
  return [...new Set(references.flatMap((reference) => /^(?:openai|tei):([^#]+)/.exec(reference)?.[1] ?? []))]
}
