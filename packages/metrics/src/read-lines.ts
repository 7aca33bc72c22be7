import { createReadStream } from 'node:fs'

import { IdiolectError } from '@idiolect/contracts/errors'

/**
 * The lines of a UTF-8 file, ended by LF or CRLF, without a byte order mark; a last line without an end counts.
 * `node:readline` would also break lines at U+2028 and U+2029, which JSON leaves as they are inside its strings.
 *
 * @throws IdiolectError `input_missing` when there is no such file, `input_unusable` when it is no UTF-8 text.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const text of decoded(path)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  if (rest !== '') yield rest
}

async function* decoded(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 1_048_576 }))
      yield decoder.decode(bytes, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    throw readError(path, cause)
  }
}

function readError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT') return new IdiolectError('input_missing', `${path}: there is no such file`, { cause })
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new IdiolectError('input_unusable', `${path}: is not UTF-8 text`, { cause })
  }
  if (code === 'EISDIR') return new IdiolectError('input_unusable', `${path}: is a folder, not a file`, { cause })
  return cause
}
