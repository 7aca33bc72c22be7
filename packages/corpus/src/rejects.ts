/** Why a line of the input cannot be used. `reason` names the field at fault and never quotes what a person wrote. */
export interface Fault {
  code: RejectCode
  reason: string
}

export type RejectCode =
  | 'line_too_long'
  | 'text_too_long'
  | 'id_too_long'
  | 'invalid_encoding'
  | 'invalid_json'
  | 'invalid_csv'
  | 'not_an_object'
  | 'missing_field'
  | 'wrong_type'
  | 'invalid_timestamp'
  | 'empty_text'
  | 'duplicate_id'
  | 'no_history'
  | 'unknown_id'
  | 'invalid_message'
  | 'no_author'
  | 'robot_author'

/** A row of `rejects.jsonl`; `line` counts from 1 and is the row in a Parquet file, 1 for a file that holds one message. */
export interface Reject extends Fault {
  file: string
  line: number
}

export function rejectLine({ file, line, code, reason }: Reject): string {
  return `${JSON.stringify({ file, line, code, reason })}\n`
}
