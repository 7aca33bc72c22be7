import type { ServerResponse } from 'node:http'

/** Starts a source of messages that calls `send` until the returned function is called. */
export type MessageSource = (send: (message: string) => void) => () => void

export type EventStream = {
  /** Sends the messages to a client as server-sent events until it goes away. */
  add(response: ServerResponse, headers: Record<string, string>): void
  close(): void
}

// Well under the minute after which proxies cut a silent connection.
const heartbeatMs = 20_000
// A client that has let this much pile up does not read any more; it reconnects if it is still there.
const maxUnsentBytes = 4_000_000

/** Many clients, one source: it starts with the first client and stops with the last; equal messages are sent once. */
export function eventStream(start: MessageSource): EventStream {
  const clients = new Set<ServerResponse>()
  let last: string | undefined
  let stop: (() => void) | undefined
  let heartbeat: NodeJS.Timeout | undefined

  const write = (client: ServerResponse, chunk: string): void => {
    if (client.writableLength > maxUnsentBytes) client.destroy()
    else client.write(chunk)
  }
  const broadcast = (chunk: string): void => {
    for (const client of clients) write(client, chunk)
  }

  const begin = (): void => {
    heartbeat = setInterval(() => broadcast(':\n\n'), heartbeatMs)
    stop = start((message) => {
      if (message === last) return
      last = message
      broadcast(asEvent(message))
    })
  }
  const end = (): void => {
    clearInterval(heartbeat)
    stop?.()
    last = undefined
  }

  return {
    add(response, headers) {
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.flushHeaders()
      clients.add(response)
      response.once('close', () => {
        if (clients.delete(response) && clients.size === 0) end()
      })
      if (clients.size === 1) begin()
      else if (last !== undefined) write(response, asEvent(last))
    },

    close() {
      for (const client of clients) client.end()
    },
  }
}

function asEvent(message: string): string {
  return `data: ${message.replaceAll('\n', '\ndata: ')}\n\n`
}
