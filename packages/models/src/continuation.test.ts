import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'

import { type ChatTokenizer, readChatTokenizer } from './chat-tokenizer.ts'
import { startContinuation } from './continuation.ts'
import { seededRandom } from './sampling.ts'
import type { GenerationRequest } from './text-generator.ts'

const folder = fileURLToPath(new URL('../../bundled-models/models/SmolLM2-135M-Instruct', import.meta.url))
const none = { penalty: 1, runTokens: 0 }
const vocabularySize = 49_152
let tokenizer: ChatTokenizer

beforeAll(async () => {
  tokenizer = await readChatTokenizer(folder)
})

const asked: Omit<GenerationRequest, 'messages'> = { opening: '', minTokens: 0, maxTokens: 12, temperature: 0, seed: 1 }

/** An answer by a model that would write `script`, a token after the other, and then end. */
function answer(request: Partial<typeof asked>, script: string, repetition = none) {
  const continuation = startContinuation({ ...asked, ...request }, tokenizer, repetition)
  const [end] = tokenizer.endIds
  const ids = [...tokenizer.encode(script), end!]
  let place = 0
  for (;;) {
    const logits = new Float32Array(vocabularySize)
    logits[ids[Math.min(place, ids.length - 1)]!] = 10
    const id = continuation.next(logits)
    if (id === null) return continuation.result()
    place += 1
  }
}

const random = Float32Array.from({ length: vocabularySize + 1000 }, seededRandom(1)).map((share) => share * 20 - 10)
const anyLogits = (offset: number) => random.slice(offset, offset + vocabularySize)

test('the answer begins with its opening, wherever that was cut, and ends in time, by any logits', () => {
  const words = fc.constantFrom(
    'Hello',
    ' wor',
    'ld',
    '\n',
    '  ',
    '日本',
    '🙂',
    'é',
    '1999',
    '<|im_end|>',
    ' http://a.b/c',
  )
  const openings = fc.oneof(
    fc.array(words).map((list) => list.join('')),
    fc.string({ unit: 'grapheme' }),
  )
  const cuts = fc.tuple(openings, fc.nat(40), fc.nat(), fc.integer({ min: 0, max: 8 }))
  fc.assert(
    fc.property(cuts, ([whole, cut, seed, minTokens]) => {
      const opening = whole.slice(0, cut)
      const continuation = startContinuation({ ...asked, opening, minTokens }, tokenizer, {
        penalty: 1.1,
        runTokens: 4,
      })
      let tokens = 0
      while (continuation.next(anyLogits((seed + tokens) % 1000)) !== null) tokens += 1
      expect(continuation.result().text.startsWith(opening)).toBe(true)
      expect(tokens).toBeLessThanOrEqual(continuation.maxTokens)
    }),
    { numRuns: 40 },
  )
})

test('a word that was cut is completed as the model writes it', () => {
  expect(tokenizer.encode(' prog')).not.toContain(tokenizer.encode(' programme')[0])
  expect(answer({ opening: 'We have a prog' }, ' programme').text).toBe('We have a programme')
})

test('the model that prefers another word is held to the letters given', () => {
  expect(answer({ opening: 'We have a pro', minTokens: 2 }, ' dog barks loudly').text).toMatch(/^We have a pro/)
})

test('a start that ends in a space goes on with a word, not with the lone space that stands before digits', () => {
  const opening = 'as I said they would '
  const [space] = tokenizer.encode(' ').filter((id) => tokenizer.bytesOf(id) === ' ')
  const continuation = startContinuation({ ...asked, opening }, tokenizer, none)
  const logits = new Float32Array(vocabularySize)
  logits[space!] = 10
  logits[tokenizer.encode(' sail')[0]!] = 5
  expect(tokenizer.bytesOf(continuation.next(logits)!)).toBe(' sail')
})

test('no line begins with a word that the request rules out, whatever the model prefers', () => {
  const script = '\n\nSummary: the sea. A summary'
  const free = answer({ opening: 'So it was.\n' }, script)
  expect(free.text).toContain('\nSummary:')
  const { text } = answer({ opening: 'So it was.\n', notAtLineStart: ['summary'], minTokens: 6 }, script)
  expect(text).not.toMatch(/\n\s*summary/i)
  expect(text).toContain('A summary')
})

test('the model may not end before the minimum', () => {
  const { text, finishReason } = answer({ opening: 'It is', minTokens: 5 }, ' is')
  expect(finishReason).toBe('stop')
  expect(text.length).toBeGreaterThan('It is'.length)
})

test('where the maximum is near the text ends with its sentence', () => {
  const script = ' a b c d e f g h i. Then more'
  expect(answer({ opening: 'So', maxTokens: 12 }, ` So${script}`)).toMatchObject({ finishReason: 'sentence' })
  expect(answer({ opening: 'So', maxTokens: 12 }, ` So${script}`).text).toMatch(/ i\.$/)
})

test('at the maximum the text is cut back to the last sentence end, unless that lies before the minimum or in the opening', () => {
  const script = 'So One two three. Four five six seven eight nine ten eleven twelve thirteen'
  expect(answer({ opening: 'So', maxTokens: 12 }, script)).toMatchObject({
    text: 'So One two three.',
    finishReason: 'sentence',
  })
  expect(answer({ opening: 'So', maxTokens: 12, minTokens: 6 }, script).finishReason).toBe('length')
  const inOpening = answer({ opening: 'It rains. It', maxTokens: 6 }, ' It was one two three four five six')
  expect(inOpening).toMatchObject({ finishReason: 'length' })
  expect(inOpening.text.length).toBeGreaterThan('It rains. It'.length)
})

test('a control token other than the end is never written', () => {
  const continuation = startContinuation(asked, tokenizer, none)
  const logits = new Float32Array(vocabularySize)
  for (const id of tokenizer.controlIds) if (!tokenizer.endIds.has(id)) logits[id] = 10
  logits[500] = 5
  expect(continuation.next(logits)).toBe(500)
})
