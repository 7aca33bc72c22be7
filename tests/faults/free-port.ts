import { once } from 'node:events'
import { createServer } from 'node:net'

// Below what Linux gives to outgoing connections (from 32768), so that nobody gets the port while its server is dead.
const lowest = 20_000
const highest = 32_000

/** A port of the loopback that nothing listens on now, for a server that is to come back to it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return port
    } catch {
      // Taken: another one.
    } finally {
      server.close()
    }
  }
}
