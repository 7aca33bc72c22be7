import { IdiolectError } from '@idiolect/contracts/errors'

/** Where a model is, as the configuration names it. */
export type ModelReference =
  | { kind: 'bundled'; name: string }
  | { kind: 'hf'; repository: string }
  | { kind: 'path'; folder: string }
  | { kind: 'openai'; baseUrl: string; model: string }
  | { kind: 'tei'; baseUrl: string }
  | { kind: 'none' }

const forms = 'bundled:NAME, hf:ORG/NAME, path:FOLDER, openai:BASE_URL#MODEL, tei:URL or none'

/** @throws IdiolectError `config_invalid` that says what the reference should look like */
export function parseModelReference(reference: string): ModelReference {
  if (reference === 'none') return { kind: 'none' }
  const colon = reference.indexOf(':')
  const kind = reference.slice(0, Math.max(0, colon))
  const rest = reference.slice(colon + 1)
  switch (kind) {
    case 'bundled':
      if (!/^[\w.-]+$/.test(rest) || /^\.+$/.test(rest)) throw invalid(reference, 'bundled:NAME')
      return { kind, name: rest }
    case 'hf':
      if (!/^[\w.-]+\/[\w.-]+$/.test(rest) || /(^|\/)\.+(\/|$)/.test(rest)) throw invalid(reference, 'hf:ORG/NAME')
      return { kind, repository: rest }
    case 'path':
      if (rest === '') throw invalid(reference, 'path:FOLDER')
      return { kind, folder: rest }
    case 'openai': {
      const hash = rest.indexOf('#')
      const model = rest.slice(hash + 1)
      if (hash === -1 || model === '') throw invalid(reference, 'openai:BASE_URL#MODEL')
      return { kind, baseUrl: httpUrl(reference, rest.slice(0, hash)), model }
    }
    case 'tei':
      return { kind, baseUrl: httpUrl(reference, rest) }
    default:
      throw invalid(reference, forms)
  }
}

function httpUrl(reference: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw invalid(reference, 'an http:// or https:// address')
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    // Not quoted: what is in there may be the key.
    throw new IdiolectError(
      'config_invalid',
      `The model address at ${url.host} holds credentials or a query; give the key by itself (IDIOLECT_API_KEY)`,
    )
  }
  return text.replace(/\/+$/, '')
}

function invalid(reference: string, form: string): IdiolectError {
  return new IdiolectError('config_invalid', `"${reference}" names no model: expected ${form}`)
}
