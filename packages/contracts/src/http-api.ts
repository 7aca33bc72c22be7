import { z } from 'zod'

import { stages } from './stages.ts'

/** What travels over HTTP between the dashboard and programs. Both sides, and the OpenAPI description, take it from here. */

const count = z.int().nonnegative()

export const runNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
  .describe('A name for the run and for the folder of its output')

export const sourceSchema = z
  .union([
    z.strictObject({ upload: z.string().regex(/^[0-9a-f]{64}$/) }),
    z.strictObject({ path: z.string().min(1).max(4096) }),
  ])
  .describe('What was uploaded, or a file in one of the folders that the dashboard allows')
export type Source = z.infer<typeof sourceSchema>

export const createRunSchema = z.strictObject({
  name: runNameSchema,
  input: sourceSchema,
  requests: sourceSchema.optional(),
  config: z.record(z.string(), z.unknown()).optional().describe('As the file of --config has it'),
  limit: z.int().positive().optional().describe('At most so many targets'),
})
export type CreateRun = z.infer<typeof createRunSchema>

export const createdRunSchema = z.object({
  name: runNameSchema,
  run: z.string().nullable().describe('Its id; null while the input is still read, or where Redis has forgotten it'),
  state: z.enum(['reading', 'begun', 'finished']).describe('While it is `reading`, ask again'),
})
export type CreatedRun = z.infer<typeof createdRunSchema>

export const uploadSchema = z.object({ upload: z.string(), bytes: count })
export type Upload = z.infer<typeof uploadSchema>

const stageSchema = z.object({
  stage: z.enum(stages),
  records: count,
  batchesWaiting: count,
  batchesActive: count,
  backlogRecords: count,
  backlogSeconds: z.number().nullable(),
  batches: count,
  busyMs: z.number(),
  recordsPerSecond: z.number().nullable(),
})

export const runStatusSchema = z.object({
  id: z.string(),
  status: z.enum(['admitting', 'running', 'finished', 'suspended', 'cancelled']),
  paused: z.boolean(),
  task: z.string(),
  method: z.string(),
  model: z.string(),
  out: z.string(),
  createdAt: z.iso.datetime(),
  targets: count,
  committed: count.describe('Done and failed together'),
  failed: count,
  promptTokens: count,
  completionTokens: count,
  recordsPerSecond: z.number().nullable(),
  etaSeconds: z.number().nullable(),
  stages: z.array(stageSchema),
})
export type RunStatus = z.infer<typeof runStatusSchema>

export const runListSchema = z.object({ runs: z.array(runStatusSchema).describe('The newest 50') })
export type RunList = z.infer<typeof runListSchema>

const cursor = z.string().max(300)
const pageLimit = z.coerce.number().int().min(1).max(1000).default(100)

export const resultsQuerySchema = z.object({
  cursor: cursor.optional(),
  limit: pageLimit,
  table: z.string().max(100).optional().describe('dataset: such as generation/train; all tables without it'),
})

export const resultsSchema = z.object({
  rows: z.array(z.object({ table: z.string(), row: z.record(z.string(), z.unknown()) })),
  next: cursor.nullable().describe('Where the next rows are or will be; null once there are no more'),
  complete: z.boolean().describe('Whether the run has finished'),
})
export type Results = z.infer<typeof resultsSchema>

// An id may be 10,000 characters long.
const text = z.string().max(20_000)
const selection = { code: text.optional(), stage: text.optional(), message: text.optional() }

export const failuresQuerySchema = z.object({ ...selection, cursor: cursor.optional(), limit: pageLimit })

export const failuresSchema = z.object({
  failures: z.array(
    z.object({ id: z.string(), stage: z.string(), code: z.string(), message: z.string(), attempts: count }),
  ),
  next: cursor.nullable(),
})
export type Failures = z.infer<typeof failuresSchema>

export const failureGroupsSchema = z.object({
  groups: z.array(
    z.object({
      stage: z.string(),
      code: z.string(),
      message: z.string(),
      count,
      examples: z.array(z.string()).describe('Ids of the first ones'),
    }),
  ),
  others: count.describe('In none of the groups'),
  total: count,
})
export type FailureGroups = z.infer<typeof failureGroupsSchema>

export const retrySchema = z.strictObject({ ...selection, ids: z.array(text).max(1000).optional() })
export type Retry = z.infer<typeof retrySchema>

export const retriedSchema = z.object({
  run: z
    .string()
    .nullable()
    .describe('The run that tries again, in the same folder; null while the input is still read'),
})
export type Retried = z.infer<typeof retriedSchema>

/** RFC 9457, with the code of the error. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
})
export type ProblemDetails = z.infer<typeof problemSchema>
