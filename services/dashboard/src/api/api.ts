import swagger from '@fastify/swagger'
import type { Queues } from '@idiolect/runtime/queues'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { RunActions } from '../actions/run-actions.ts'
import type { RunFeed } from '../feed/run-feed.ts'
import { apiPrefix } from '../problem.ts'
import { type Making, routesOfMaking } from './api-making.ts'
import { routesOfRuns } from './api-runs.ts'

export type ApiOptions = { queues: Queues; feed: RunFeed; actions: RunActions; making: Making }

/** The API for programs under `/api/v1`; `/api/v1/openapi.json` describes it. */
export function registerApi(app: FastifyInstance, options: ApiOptions): void {
  app.register(
    (scope, _options, done) => {
      scope.setValidatorCompiler(validatorCompiler)
      scope.setSerializerCompiler(serializerCompiler)
      scope.register(swagger, {
        openapi: {
          openapi: '3.1.0',
          info: { title: 'Idiolect', version: '1', description: 'Make runs, watch them, read their results.' },
          components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
          security: [{ token: [] }],
        },
        transform: jsonSchemaTransform,
      })
      scope.register(routesOfRuns(options))
      scope.register(routesOfMaking(options))
      scope.register((description, _none, described) => {
        description.get('/openapi.json', { schema: { hide: true } }, () => description.swagger())
        described()
      })
      done()
    },
    { prefix: apiPrefix },
  )
}
