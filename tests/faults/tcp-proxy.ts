import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type TcpProxy = {
  port: number
  /** Ends every connection, as a router that is switched off and on. */
  drop(): void
  /** From now on nothing passes and nobody is told, not even of a connection that has ended, until it is undone. */
  blackHole(): () => void
  close(): Promise<void>
}

/** Passes on what comes, on the loopback, to a server there that may come and go. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  const waiting = new Set<Socket>()
  let dark = false

  const join = (client: Socket): void => {
    const server = connect(targetPort, '127.0.0.1')
    const pair = [client, server] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) {
      socket.setNoDelay(true)
      // An error is followed by a close.
      socket.on('error', () => undefined)
      socket.on('close', end)
    }
    pass(pair)
  }

  const listener = createServer((client) => {
    if (!dark) return join(client)
    client.on('error', () => undefined)
    waiting.add(client.pause())
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')

  const drop = () => {
    for (const socket of [...[...pairs].flat(), ...waiting]) socket.destroy()
    waiting.clear()
  }
  return {
    port: (listener.address() as AddressInfo).port,
    drop,
    blackHole() {
      dark = true
      for (const pair of pairs) hold(pair)
      return () => {
        dark = false
        for (const pair of pairs) pass(pair)
        for (const client of waiting) join(client)
        waiting.clear()
      }
    },
    async close() {
      const closed = once(listener, 'close')
      listener.close()
      drop()
      await closed
    },
  }
}

function pass([client, server]: readonly [Socket, Socket]): void {
  client.pipe(server)
  server.pipe(client)
}

/** A socket that is not read from does not notice that its other end has gone. */
function hold([client, server]: readonly [Socket, Socket]): void {
  client.unpipe(server).pause()
  server.unpipe(client).pause()
}
