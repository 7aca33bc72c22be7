/**
 * Rows of token sequences that a model reads and continues side by side.
 * `begin`, then `read` for each row, then `step` as often as needed; the logits are those after each row's last token.
 */
export type Decoder = {
  /** Lengths in tokens, that no row will exceed. */
  begin(rows: number, longestPrompt: number, longestAnswer: number): void
  /** Reads (more of) the prompt of `row`; not after the first `step`. Numerically independent of the other rows. */
  read(row: number, ids: readonly number[]): Promise<void>
  /** Appends `ids[row]` to each row. */
  step(ids: readonly number[]): Promise<void>
  /** [vocabularySize], the model's own memory: valid until the next `read` of this row or `step`, and may be changed. */
  logits(row: number): Float32Array
  /** Ends a row; the last row takes its number. */
  remove(row: number): void
}
