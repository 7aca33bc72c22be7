import { IdiolectError } from './errors.ts'

/**
 * What of an error may stand in a log, in Redis or on a terminal. Ours quote nobody, and neither do the operating system and Redis;
 * of any other, such as a parser's that quotes what it read, only its name and where it was thrown are left.
 */
export function reportableError(error: unknown): Error {
  if (error instanceof IdiolectError) return error
  if (!(error instanceof Error)) return new IdiolectError('internal', `unexpected ${typeof error}`)
  if (isOfSystem(error) || error.name === 'ReplyError') return withoutProperties(error)
  const reported = new IdiolectError('internal', `unexpected ${error.name}`)
  reported.stack = [reported.message, ...framesOf(error)].join('\n')
  return reported
}

function isOfSystem(error: Error): boolean {
  return 'syscall' in error && 'errno' in error
}

/** ioredis puts the command and its arguments into its errors: passwords, and batches of texts. */
function withoutProperties({ name, message, stack }: Error): Error {
  const copy = new Error(message)
  copy.name = name
  if (stack !== undefined) copy.stack = stack
  return copy
}

/** What follows on the message, which may have lines that look like places. */
function framesOf({ stack = '', message }: Error): string[] {
  const places = stack.slice(stack.indexOf(message) + message.length)
  return places.split('\n').filter((line) => /^ {4}at /.test(line))
}
