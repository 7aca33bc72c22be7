import { sentences } from '@idiolect/text/sentences'

import type { ChatTokenizer } from './chat-tokenizer.ts'
import { discourageRepetition, type RepetitionRules } from './repetition.ts'
import { mostProbable, sample, seededRandom } from './sampling.ts'
import type { FinishReason, GenerationRequest } from './text-generator.ts'

/** Opening tokens that are written again at most, where no white space begins a token (Chinese, addresses). */
const maxHeldTokens = 8

/** From this share of `maxTokens` on, the text ends at the next sentence end. */
const nearlyFull = 0.75

/** An answer in the making. */
export type Continuation = {
  /** Tokens of the opening that the model reads; the rest of the opening it writes itself, letter for letter. */
  kept: number[]
  /** Most tokens that it can come to: those of the request and one for each byte of the opening that is written again. */
  maxTokens: number
  /** The next token by the logits after the last one, which are changed; null when the answer is complete. */
  next(logits: Float32Array): number | null
  result(): { text: string; finishReason: FinishReason; completionTokens: number }
}

/**
 * Continues `opening`, which may end in mid-word: the model goes back to the start of the last word, and what it writes
 * is held to the letters that are there already ("token healing"), so that it sees the word cut as its own vocabulary
 * cuts it. After that no end before `minTokens`, no circles, and an end at a sentence where `maxTokens` is near.
 */
export function startContinuation(
  request: Omit<GenerationRequest, 'messages'>,
  tokenizer: ChatTokenizer,
  repetition: RepetitionRules,
): Continuation {
  const { opening, minTokens, maxTokens, temperature, notAtLineStart = [] } = request
  const { kept, held } = splitAtLastWord(tokenizer.encode(opening), tokenizer)
  const random = seededRandom(request.seed)
  const seen = [...kept]
  let written = ''
  let writtenTokens = 0
  /** Tokens since the held letters were complete, and what they came to when they were `minTokens`. */
  let addedTokens = 0
  let charsAtMinimum = 0
  let charsNearlyFull = Number.POSITIVE_INFINITY
  let finish: { reason: FinishReason; chars: number } | undefined

  const added = () => decodeUtf8(written.slice(held.length))
  const pick = (logits: Float32Array) => {
    const rest = held.slice(written.length)
    if (rest !== '') return bestOf(heldTokens(rest, tokenizer), logits)
    if (/(^|\n)\s*$/.test(opening + added())) {
      for (const id of tokenizer.beginning(notAtLineStart)) logits[id] = Number.NEGATIVE_INFINITY
    }
    for (const id of tokenizer.controlIds) {
      if (!tokenizer.endIds.has(id) || addedTokens < minTokens) logits[id] = Number.NEGATIVE_INFINITY
    }
    discourageRepetition(logits, seen, repetition)
    return temperature === 0 ? mostProbable(logits) : sample(logits, temperature, random())
  }
  const write = (id: number) => {
    if (written.length >= held.length) addedTokens += 1
    written += tokenizer.bytesOf(id)
    writtenTokens += 1
    seen.push(id)
    if (addedTokens === minTokens) charsAtMinimum = added().length
    if (addedTokens === Math.ceil(maxTokens * nearlyFull)) charsNearlyFull = added().length
  }
  const endAtSentence = () => {
    const end = lastSentenceEnd(opening, added())
    if (addedTokens >= maxTokens) {
      finish = end > charsAtMinimum ? { reason: 'sentence', chars: end } : { reason: 'length', chars: added().length }
    } else if (end >= Math.max(charsNearlyFull, charsAtMinimum)) finish = { reason: 'sentence', chars: end }
  }

  return {
    kept,
    maxTokens: held.length + maxTokens,
    next(logits) {
      if (finish !== undefined) return null
      const id = pick(logits)
      if (tokenizer.endIds.has(id)) {
        finish = { reason: 'stop', chars: added().length }
        return null
      }
      write(id)
      if (addedTokens >= Math.min(maxTokens, Math.ceil(maxTokens * nearlyFull))) endAtSentence()
      return finish === undefined ? id : null
    },
    result() {
      const { reason, chars } = finish ?? { reason: 'length' as const, chars: added().length }
      const text = opening + added().slice(0, chars).trimEnd()
      return { text, finishReason: reason, completionTokens: writtenTokens }
    },
  }
}

/** `held`: the bytes of the last word, and of the white space before it, that the model writes again. */
function splitAtLastWord(ids: number[], { bytesOf }: ChatTokenizer): { kept: number[]; held: string } {
  let start = ids.length
  while (start > 0 && ids.length - start < maxHeldTokens) {
    start -= 1
    if (/^\s/.test(bytesOf(ids[start]!))) break
  }
  return { kept: ids.slice(0, start), held: ids.slice(start).map(bytesOf).join('') }
}

/**
 * Tokens for the held bytes that are left. A start that ends in a space goes on with a word where it can: the space alone
 * stands before every digit and symbol, so it is likelier than any one word, and after it no word can follow.
 */
function heldTokens(rest: string, { fitting, bytesOf }: ChatTokenizer): readonly number[] {
  const ids = fitting(rest)
  const words = ids.filter((id) => (rest === ' ' ? /\w|[^\0-\x7f]/.test(bytesOf(id)) : bytesOf(id) !== ' '))
  return words.length > 0 ? words : ids
}

function bestOf(ids: readonly number[], logits: Float32Array): number {
  return ids.reduce((best, id) => (logits[id]! > logits[best]! ? id : best))
}

/** Text of whole characters; the bytes of one that is not complete yet are left out. */
function decodeUtf8(bytes: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'), { stream: true })
}

/** Where in `added` its last complete sentence ends, that is, one after which another one or a new line has begun; else 0. */
function lastSentenceEnd(opening: string, added: string): number {
  const text = opening + added
  const spans = sentences(text)
  const complete = text.endsWith('\n') ? spans.at(-1) : spans.at(-2)
  return Math.max(0, (complete?.[1] ?? 0) - opening.length)
}
