import { join } from 'node:path'
import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import { IdiolectError } from '@idiolect/contracts/errors'
import { z } from 'zod'

import { readModelJson } from './model-folder.ts'
import type { ChatMessage } from './text-generator.ts'
import { type TokenBytes, tokenBytes } from './token-bytes.ts'

export type ChatTokenizer = TokenBytes & {
  /** The tokens of a text; nothing in a text is a control token, whatever it spells. */
  encode(text: string): number[]
  /** The chat in the model's own template, up to where the assistant's answer begins. */
  encodeChat(messages: readonly ChatMessage[]): number[]
  /** Every control token, the end tokens among them. */
  controlIds: ReadonlySet<number>
  /** Tokens with which the model ends an answer. */
  endIds: ReadonlySet<number>
}

const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string(), special: z.boolean() })),
  model: z.looseObject({ vocab: z.record(z.string(), z.int()) }),
  decoder: z.looseObject({ type: z.string() }).nullable(),
})
const tokenizerConfigSchema = z.looseObject({ chat_template: z.string() })
const endIdsSchema = z.looseObject({ eos_token_id: z.union([z.int(), z.array(z.int())]) })

/**
 * The tokenizer and chat template of a model folder.
 * @throws IdiolectError `model_unsupported`: no chat template, or a vocabulary that is not byte-level
 */
export async function readChatTokenizer(folder: string): Promise<ChatTokenizer> {
  const json = await readModelJson(join(folder, 'tokenizer.json'), tokenizerSchema)
  const config = await readModelJson(join(folder, 'tokenizer_config.json'), tokenizerConfigSchema)
  const ends = await readModelJson(join(folder, 'generation_config.json'), endIdsSchema)
  if (json.decoder?.type !== 'ByteLevel') {
    throw new IdiolectError('model_unsupported', `${folder}: the tokens of tokenizer.json are not bytes (ByteLevel)`)
  }
  // Without its added tokens the tokenizer has no way to read a control token out of a text.
  const tokenizer = new Tokenizer({ ...json, added_tokens: [] }, config)
  const controlIds = new Set(json.added_tokens.filter(({ special }) => special).map(({ id }) => id))
  const idOfControl = new Map(json.added_tokens.map(({ content, id }) => [content, id]))
  const template = new Template(config.chat_template)
  const encode = (text: string) => (text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids)

  return {
    ...tokenBytes(json.model.vocab, controlIds),
    encode,
    encodeChat: (messages) => encodePieces(chatPieces(template, messages, idOfControl), encode),
    controlIds,
    endIds: new Set([ends.eos_token_id].flat()),
  }
}

/** Private-use characters around the number of a message, in the place of its content. */
const placeholder = (index: number) => `\uE000${index}\uE001`

/**
 * Renders the template around placeholders, so that only the template's own control tokens are seen as such. What
 * stands between two of them is one text to the tokenizer, as it is where the whole chat is rendered at once.
 */
function chatPieces(
  template: Template,
  messages: readonly ChatMessage[],
  idOfControl: ReadonlyMap<string, number>,
): Array<string | number> {
  const frame = template.render({
    messages: messages.map(({ role }, index) => ({ role, content: placeholder(index) })),
    add_generation_prompt: true,
  })
  const controls = [...idOfControl.keys()].map((content) => content.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return frame.split(new RegExp(`(${controls.join('|')})`)).map((piece) => {
    const id = idOfControl.get(piece)
    return id ?? piece.replace(/\uE000(\d+)\uE001/g, (_, index: string) => messages[Number(index)]!.content)
  })
}

function encodePieces(pieces: ReadonlyArray<string | number>, encode: (text: string) => number[]): number[] {
  return pieces.flatMap((piece) => (typeof piece === 'number' ? [piece] : encode(piece)))
}
