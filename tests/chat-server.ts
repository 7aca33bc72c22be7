import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `times`: how often this very request has been made, this time included. */
export type Answer = (request: { content: string; times: number }, response: ServerResponse) => void

export type ChatServer = { url: string; close(): Promise<void> }

/** An OpenAI-compatible server on loopback that answers as the test says. */
export async function startChatServer(answer: Answer, atPort = 0): Promise<ChatServer> {
  const asked = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const text = await textOf(request).catch(() => null)
    // Who asked has gone, or the test has ended the server.
    if (text === null) return
    const body = JSON.parse(text) as { messages: { content: string }[] }
    const { content } = body.messages[0]!
    const times = (asked.get(content) ?? 0) + 1
    asked.set(content, times)
    answer({ content, times }, response)
  })
  await new Promise<void>((resolve) => server.listen(atPort, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export function respondWithText(response: ServerResponse, content: string): void {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices, usage }))
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
