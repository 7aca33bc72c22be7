import Fastify from 'fastify'
import { expect, test } from 'vitest'

import { guard } from './guard.ts'

test('a page that reaches this server under a foreign name gets nothing', async () => {
  const app = Fastify()
  guard(app, '/queues')
  app.get('/', () => 'secret')
  const foreign = await app.inject({ url: '/', headers: { host: 'evil.example:8080' } })
  expect([foreign.statusCode, foreign.body.includes('secret')]).toEqual([421, false])
  const own = await app.inject({ url: '/', headers: { host: 'localhost:8080' } })
  expect([own.statusCode, own.body]).toEqual([200, 'secret'])
  await app.close()
})
