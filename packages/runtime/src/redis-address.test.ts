import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { redisAddress } from './redis-address.ts'

test('one URL holds host, login, database and prefix', () => {
  expect(redisAddress('redis://ada:pa%23ss%2F1@redis.internal:6380/3?prefix=prod')).toEqual({
    shown: 'redis://ada:***@redis.internal:6380/3?prefix=prod',
    prefix: '{prod}',
    options: { host: 'redis.internal', port: 6380, db: 3, username: 'ada', password: 'pa#ss/1' },
  })
})

test('host, port and prefix have defaults', () => {
  const options = { host: '127.0.0.1', port: 6379, password: 'x' }
  expect(redisAddress('redis://:x@127.0.0.1')).toMatchObject({ prefix: '{idiolect}', options })
  expect(redisAddress('redis://[::1]').options).toEqual({ host: '::1', port: 6379 })
})

test('a socket is a path, with the login and the database that a server may ask for', () => {
  expect(redisAddress('unix:///run/redis.sock?db=2&prefix=p')).toMatchObject({
    prefix: '{p}',
    options: { path: '/run/redis.sock', db: 2 },
  })
  expect(redisAddress('unix://ada:x@/run/redis.sock').options).toEqual({
    path: '/run/redis.sock',
    username: 'ada',
    password: 'x',
  })
})

test('TLS names the host to be proved, unless it is an address, and trusts the authority of the file', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'idiolect-ca-'))
  const ca = join(dir, 'authority.pem')
  await writeFile(ca, 'certificate')
  expect(redisAddress('rediss://redis.internal').options.tls).toEqual({ servername: 'redis.internal' })
  expect(redisAddress(`rediss://10.0.0.1?ca=${ca}`).options.tls).toEqual({ ca: 'certificate' })
  await rm(dir, { recursive: true })
  expect(() => redisAddress(`rediss://10.0.0.1?ca=${ca}`)).toThrow(
    /ca=.*authority\.pem, which cannot be read \(ENOENT\)/,
  )
})

// Each could come of a password with a character that a URL has a meaning for.
test.each([
  'redis://ada:se#same@host',
  'redis://ada:12/sesame@host',
  'redis://ada:12?sesame=@host',
  'redis://:se#same@host',
  'redis://ada:%sesame@host',
  'redis://ada:sesame@host/first',
  'redis://ada:sesame@host?ca=/x',
  'http://ada:sesame@host',
  'sesame',
])('%s is refused in one line that quotes none of it', (url) => {
  expect(() => redisAddress(url)).toThrow(/^REDIS_URL (?!.*(sesame|same|se#)).*$/)
})
