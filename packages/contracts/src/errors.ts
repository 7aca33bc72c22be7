/**
 * Every failure that the product knows by name.
 * `retry`: the same work may succeed later, so the queue tries the batch again before it gives a record up.
 * `user`: what is wrong is the command, the configuration, the input or the surroundings: exit code 2, one line, no stack.
 */
export const errorCodes = {
  usage: { retry: false, user: true },
  config_invalid: { retry: false, user: true },
  config_changed: { retry: false, user: true },
  input_missing: { retry: false, user: true },
  input_unusable: { retry: false, user: true },
  input_truncated: { retry: false, user: true },
  output_unwritable: { retry: true, user: true },
  redis_unreachable: { retry: true, user: true },
  redis_unsafe: { retry: false, user: true },
  redis_unavailable: { retry: false, user: true },
  run_unknown: { retry: false, user: true },
  model_missing: { retry: false, user: true },
  model_unsupported: { retry: false, user: true },
  port_taken: { retry: false, user: true },
  invalid_record: { retry: false, user: false },
  prompt_too_long: { retry: false, user: false },
  /** The worker's process died whenever the record was in work. */
  worker_died: { retry: false, user: false },
  /** A stage did not come back with the record. */
  stage_timeout: { retry: true, user: false },
  model_crashed: { retry: true, user: false },
  model_timeout: { retry: true, user: false },
  endpoint_unavailable: { retry: true, user: false },
  endpoint_rejected: { retry: false, user: false },
  endpoint_garbage: { retry: false, user: false },
  output_empty: { retry: false, user: false },
  internal: { retry: true, user: false },
} as const satisfies Record<string, { retry: boolean; user: boolean }>

export type ErrorCode = keyof typeof errorCodes

/** The one error class. Messages say what was wrong, the value, and what to do; they never quote a person's text. */
export class IdiolectError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'IdiolectError'
    this.code = code
  }

  get retry(): boolean {
    return errorCodes[this.code].retry
  }
}

/** The code of any thrown value; whatever did not come from us is `internal`. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof IdiolectError ? error.code : 'internal'
}
