import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

import { type ChatServer, respondWithText, startChatServer } from '../chat-server.ts'
import { freePort } from './free-port.ts'

export type MortalEndpoint = {
  url: string
  /** Answers one request in so many milliseconds at most; 0: as fast as it can. */
  pace(intervalMs: number): void
  /** Ends every connection and listens no more, until it is undone on the same port. */
  die(): Promise<() => Promise<void>>
  close(): Promise<void>
}

type Waiting = { content: string; response: ServerResponse }

// Of 256, so that some targets fail.
const emptyAnswers = 8

/** A language model whose answer follows from the prompt alone; to some it has nothing to say. */
export async function startMortalEndpoint(): Promise<MortalEndpoint> {
  const port = await freePort()
  const waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined

  const answerNext = (): void => {
    // Who asked may have been killed meanwhile.
    while (waiting[0]?.response.destroyed) waiting.shift()
    const next = waiting.shift()
    if (next !== undefined) answer(next)
  }
  const listen = (): Promise<ChatServer> =>
    startChatServer(({ content }, response) => {
      if (timer === undefined) answer({ content, response })
      else waiting.push({ content, response })
    }, port)

  let server = await listen()
  return {
    url: server.url,
    pace(intervalMs) {
      clearInterval(timer)
      timer = intervalMs === 0 ? undefined : setInterval(answerNext, intervalMs)
      if (timer === undefined) for (const each of waiting.splice(0)) answer(each)
    },
    async die() {
      await server.close()
      return async () => {
        server = await listen()
      }
    },
    async close() {
      clearInterval(timer)
      await server.close()
    },
  }
}

function answer({ content, response }: Waiting): void {
  const digest = createHash('sha256').update(content).digest()
  respondWithText(response, digest[0]! < emptyAnswers ? '' : `and so on, ${digest.toString('hex')}.`)
}
