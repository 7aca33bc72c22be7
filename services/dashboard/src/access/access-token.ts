import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

import { IdiolectError } from '@idiolect/contracts/errors'

import { isLoopback } from './loopback.ts'

const fewestCharacters = 16

/**
 * Refuses a token that can be guessed, and none where others than this machine could come; null is none.
 * @throws IdiolectError `config_invalid`, which does not quote the token
 */
export function checkToken({ host, token = null }: { host: string; token?: string | null }): void {
  if (token === null) {
    if (isLoopback(host)) return
    throw new IdiolectError(
      'config_invalid',
      `The dashboard listens on ${host} only with an access token: set IDIOLECT_DASHBOARD_TOKEN or name a file of it with --token-file, or use --host 127.0.0.1`,
    )
  }
  if (token.length >= fewestCharacters) return
  throw new IdiolectError(
    'config_invalid',
    `The access token has ${token.length} characters; use at least ${fewestCharacters}, such as those of "openssl rand -hex 24"`,
  )
}

/** Takes the same time wherever the two differ, and whatever their lengths. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token))
}

/** What cookies are signed with: sessions end where the token changes, and outlive a restart where it does not. */
export function cookieKey(token: string): string {
  return createHmac('sha256', token).update('idiolect dashboard cookies').digest('base64')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
