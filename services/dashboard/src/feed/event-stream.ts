import type { ServerResponse } from 'node:http'

/** Starts a source of messages, each of a kind, that calls `send` until the returned function is called. */
export type MessageSource = (send: (kind: string, message: string) => void) => () => void

export type EventStream = {
  /** Sends the messages to a client as server-sent events, named by their kind, until it goes away. */
  add(response: ServerResponse, headers: Record<string, string>): void
  close(): void
}

// Well under the minute after which proxies cut a silent connection.
const heartbeatMs = 20_000
// A client that has let this much pile up does not read any more; it reconnects if it is still there.
const maxUnsentBytes = 4_000_000

/**
 * Many clients, one source: it starts with the first client and stops with the last. What equals the last message of its kind
 * is not sent again, and who comes later gets the last of each.
 */
export function eventStream(start: MessageSource): EventStream {
  const clients = new Set<ServerResponse>()
  const last = new Map<string, string>()
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
    stop = start((kind, message) => {
      if (message === last.get(kind)) return
      last.set(kind, message)
      broadcast(asEvent(kind, message))
    })
  }
  const end = (): void => {
    clearInterval(heartbeat)
    stop?.()
    last.clear()
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
      else for (const [kind, message] of last) write(response, asEvent(kind, message))
    },

    close() {
      for (const client of clients) client.end()
    },
  }
}

function asEvent(kind: string, message: string): string {
  return `event: ${kind}\ndata: ${message.replaceAll('\n', '\ndata: ')}\n\n`
}
