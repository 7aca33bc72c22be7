import type { Config } from '@idiolect/contracts/config'
import { IdiolectError } from '@idiolect/contracts/errors'
import { type Method, methods as methodOrder, strategies } from '@idiolect/contracts/method-names'

/**
 * The methods to compare, in the paper's order: those named, else those of the configuration, else all that this configuration has
 * the models for.
 * @throws IdiolectError `usage` for a name that is no method's
 */
export function chooseMethods(named: string | undefined, config: Config): Method[] {
  if (named === 'all') return [...methodOrder]
  const names = named === undefined ? config.compare.methods : named.split(',').map((name) => name.trim())
  for (const name of names) requireMethod(name, methodOrder, '--methods')
  const chosen = new Set<string>(names.length === 0 ? methodsAtHand(config) : names)
  return methodOrder.filter((method) => chosen.has(method))
}

/** @throws IdiolectError `usage` for a name that is not compared */
export function chooseBaseline(named: string | undefined, compared: readonly Method[]): Method {
  if (named !== undefined) return requireMethod(named, compared, '--baseline')
  return compared.includes('RankDocBySnpt') ? 'RankDocBySnpt' : compared[0]!
}

/** What needs no trained selector and no further model, and with the selectors what needs them. */
function methodsAtHand({ summarize, synthesize, compare }: Config): Method[] {
  const atHand: Method[] = ['ImmedCtx', 'UserID', ...strategies, '+SumCtxInd']
  const has = ({ kind, model }: { kind: string; model: string | null }) => kind === 'model' || model !== null
  if (!has(summarize)) return atHand
  atHand.push('+SumCtx', '+SynCtxInd')
  if (!has(synthesize)) return atHand
  atHand.push('+SynCtx', 'NoRankedEntries', 'RemoveDocStart', 'ImmedCtxAtEnd')
  if (compare.authorPredModel !== null) atHand.push('+AuthorPred')
  return atHand
}

function requireMethod(name: string, among: readonly Method[], option: string): Method {
  const method = among.find((each) => each === name)
  if (method !== undefined) return method
  throw new IdiolectError('usage', `${option} ${name}: there is ${among.join(', ')}`)
}
