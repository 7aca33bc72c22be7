import type { ErrorCode } from '@idiolect/contracts/errors'

/** For the codes that a record can fail with: what happened, and what to do before it is tried again. */
const meanings: Partial<Record<ErrorCode, string>> = {
  invalid_record:
    'A stage cannot take the record as it is. Trying again changes nothing; look at the document, or run the same version everywhere.',
  prompt_too_long:
    'The prompt does not fit the model. Lower rank.maxChars or summarize.maxChars, or take a model with a longer context.',
  worker_died:
    'The process of the worker died whenever this record was in work, most often for want of memory. Give it more, or leave the document out.',
  stage_timeout: 'The stage did not come back with the record. Look at the worker’s log and load, then try again.',
  model_crashed: 'The process that holds the model died. Look at its memory, then try again.',
  model_timeout: 'The model took longer than it may. Lower generate.maxTokens or the load, then try again.',
  endpoint_unavailable: 'The model server did not answer, or said that it is overloaded. Try again when it is back.',
  endpoint_rejected:
    'The model server refused the request: the key, the name of the model or the length. Put that right, then try again.',
  endpoint_garbage: 'The model server answered with something that is no answer. Look at the server, then try again.',
  output_empty: 'The model wrote nothing. Raise generate.minTokens or the temperature, or take another model.',
  model_missing: 'The model is not there. Put it where it is named, then try again.',
  model_unsupported: 'The model cannot be used here. Name another one.',
  output_unwritable: 'The output folder could not be written. Make room or give the right to, then try again.',
  internal:
    'Something that the product does not know by name. The message and the worker’s log tell more; try again once.',
}

export function failureMeaning(code: string): string | null {
  return Object.hasOwn(meanings, code) ? meanings[code as ErrorCode]! : null
}
