import { type Parsed, parseRequest } from '../input/parse-record.ts'
import { nameField } from './name-field.ts'

export interface QuestionFields {
  id: string
  userId: string
  context: string
  profile: readonly unknown[]
}

/**
 * The fields that LaMP's and LongLaMP's questions share.
 * @param options.id where the record has none of its own
 * @param options.userKey the field that names the author; without it the question is its own author
 */
export function parseQuestion(
  value: unknown,
  { id, userKey }: { id?: string; userKey?: string | undefined },
): Parsed<QuestionFields> {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const isObject = fields === value && !Array.isArray(value)
  const requestId = id ?? fields.id
  const userId = userKey === undefined ? requestId : fields[userKey]
  const parsed = parseRequest(isObject ? { requestId, userId, context: fields.input } : value)
  if ('fault' in parsed) {
    return { fault: nameField(parsed.fault, { requestId: 'id', userId: userKey, context: 'input' }) }
  }
  const { profile } = fields
  if (!Array.isArray(profile)) return { fault: { code: 'wrong_type', reason: 'profile must be an array' } }
  const { record } = parsed
  return { record: { id: record.requestId, userId: record.userId, context: record.context, profile } }
}
