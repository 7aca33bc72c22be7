/** Turns texts into vectors. `embed` may be called while an earlier call is under way; neither changes what the other gets. */
export type TextEmbedder = {
  /** `digest`: sha256 (hex) of the model's files, or `remote` where a server holds them. */
  model: { name: string; digest: string }
  dimensions: number
  /**
   * Unit vectors of `dimensions` numbers, a row a text, in the order of the texts. The same list of texts gives the same vectors.
   * Rejects with the signal's reason once it is aborted, and with an IdiolectError when the model fails.
   */
  embed(texts: string[], signal?: AbortSignal): Promise<Float32Array[]>
  close(): Promise<void>
}
