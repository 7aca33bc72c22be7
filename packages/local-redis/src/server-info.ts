/** The fields of Redis' INFO answer, as text. */
export function parseInfo(info: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return fields
}

/** `redis 7.0.15`, `valkey 9.1.2`. Valkey's `redis_version` only says which Redis it is compatible with. */
export function serverName(info: string): string {
  const fields = parseInfo(info)
  const valkey = fields.get('valkey_version')
  return valkey === undefined ? `redis ${fields.get('redis_version') ?? 'of unknown version'}` : `valkey ${valkey}`
}
