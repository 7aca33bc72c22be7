import type { MortalEndpoint } from './mortal-endpoint.ts'
import type { MortalRedis } from './mortal-redis.ts'
import type { SmallDisk } from './small-disk.ts'
import type { Source } from './source.ts'
import type { Staff } from './staff.ts'
import { type Fault, nothingToUndo } from './strike.ts'
import type { TcpProxy } from './tcp-proxy.ts'

export type Surroundings = {
  staff: Staff
  source: Source
  redis: MortalRedis
  /** Between the workers and Redis. */
  proxy: TcpProxy
  endpoint: MortalEndpoint
  disk: SmallDisk | null
}

// serve.ts: a lock lasts 10 s, and what it held is another's within 15 s.
const longerThanLockMs = [16_000, 20_000] as const

// http-endpoint.ts tries for 15 s at least; a record that met only a dead server all the while fails, as it should.
const shorterThanTriesMs = [500, 3_000] as const

export function faultsOf({ staff, source, redis, proxy, endpoint, disk }: Surroundings): Fault[] {
  const faults: Fault[] = [
    {
      name: 'worker killed',
      everyMs: 1_000,
      strike: (random, signal) => staff.end(random, { with: 'SIGKILL', signal }).then(() => nothingToUndo),
    },
    {
      name: 'worker told to end',
      everyMs: 8_000,
      strike: (random, signal) => staff.end(random, { with: 'SIGTERM', signal }).then(() => nothingToUndo),
    },
    {
      name: 'two workers stopped for longer than the lock',
      everyMs: 24_000,
      lastsMs: longerThanLockMs,
      strike: (random, signal) => staff.stopTwo(random, signal),
    },
    {
      name: 'source killed',
      everyMs: 10_000,
      strike: (random, signal) => source.kill(random, signal).then(() => nothingToUndo),
    },
    {
      name: 'Redis killed',
      everyMs: 12_000,
      lastsMs: [200, 2_500],
      strike: async () => {
        await redis.kill()
        return redis.restart
      },
    },
    {
      name: 'connections dropped',
      everyMs: 8_000,
      strike: () => {
        proxy.drop()
        return nothingToUndo
      },
    },
    {
      name: 'connections black-holed',
      everyMs: 20_000,
      lastsMs: [1_000, 8_000],
      strike: () => proxy.blackHole(),
    },
    { name: 'endpoint dead', everyMs: 12_000, lastsMs: shorterThanTriesMs, strike: () => endpoint.die() },
  ]
  if (disk !== null) faults.push({ name: 'disk full', everyMs: 18_000, lastsMs: [2_000, 5_000], strike: disk.fill })
  return faults
}
