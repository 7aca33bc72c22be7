import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type EmbeddingServer = { url: string; close(): Promise<void> }

/** Answers as text-embeddings-inference does, with vectors that follow from the texts alone; refuses requests that `refuses` is true of. */
export async function startEmbeddingServer(refuses: (texts: string[]) => boolean): Promise<EmbeddingServer> {
  const server = createServer(async (request, response) => {
    const { inputs } = JSON.parse(await textOf(request)) as { inputs: string[] }
    if (refuses(inputs)) response.writeHead(400).end('{"error":"no"}')
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(inputs.map(vectorOf)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function vectorOf(text: string): number[] {
  return [...createHash('sha256').update(text).digest()].map((byte) => byte - 127.5)
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
