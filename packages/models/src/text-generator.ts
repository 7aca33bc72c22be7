import type { ErrorCode } from '@idiolect/contracts/errors'
import type { Usage } from '@idiolect/contracts/records'

export type ChatMessage = { role: 'system' | 'user' | 'assistant'; content: string }

export type GenerationRequest = {
  /** The chat so far; ends with the user's turn. */
  messages: ChatMessage[]
  /** The assistant's answer begins with exactly these characters. May end in mid-word, may be empty. */
  opening: string
  /**
   * Words in lower case that no line of the answer begins with: the names of the prompt's parts, which a small model likes
   * to repeat. A server is not told of them.
   */
  notAtLineStart?: readonly string[]
  /** Bounds on the tokens that the model adds to `opening`. */
  minTokens: number
  maxTokens: number
  /** 0 is greedy and ignores the seed. */
  temperature: number
  seed: number
}

/** `stop`: the model ended the text. `sentence`: ended at a sentence because `maxTokens` was near. `length`: cut off at `maxTokens`. */
export type FinishReason = 'stop' | 'sentence' | 'length'

export type GenerationResult =
  | {
      ok: true
      /** The whole answer, `opening` included. */
      text: string
      finishReason: FinishReason
      usage: Usage
    }
  /** A request that fails alone; the others of the call have their results. */
  | { ok: false; code: ErrorCode; message: string }

/** Continues texts. One instance is used by one caller at a time; `generate` may be called again once it has settled. */
export type TextGenerator = {
  model: { name: string; digest: string }
  /**
   * Results in the order of the requests. The same requests give the same results.
   * Rejects with the signal's reason once it is aborted, and with an IdiolectError when the model itself fails.
   */
  generate(requests: GenerationRequest[], signal?: AbortSignal): Promise<GenerationResult[]>
  close(): Promise<void>
}
