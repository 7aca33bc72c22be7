import { execFile } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkRedis, type Finding, redisAnswers } from '@idiolect/local-redis/check-redis'
import { openLocalRedis } from '@idiolect/local-redis/local-redis'
import { isAtLeast } from '@idiolect/local-redis/version'
import { connectRedis } from '@idiolect/runtime/connect-redis'
import { redisAddress } from '@idiolect/runtime/redis-address'

import { checkBundledModels } from './check-bundled-models.ts'

export type DoctorOptions = {
  /** As for the pipeline: used as it is; without it the machine's own Redis is joined, or started and stopped again. */
  redisUrl?: string
  home: string
  path?: string
  /** Model endpoints of the configuration; any HTTP answer below 500 counts. */
  endpoints?: string[]
  /** Folder with SHA256SUMS and models/. */
  bundledModels?: string
}

const run = promisify(execFile)

const leastNode = '20.19'
/** The bundled models in one process each take 0.3 and 0.9 GB, Redis 0.1 and Node's own heaps the rest. */
const leastMemoryBytes = 2e9
const leastDiskBytes = 2e9
const endpointTimeoutMs = 5_000
const bundledFolder = fileURLToPath(new URL('../../../packages/bundled-models', import.meta.url))

/** Looks at everything that a run needs from this machine, in the order in which a newcomer would fix it. Throws nothing. */
export async function doctor(options: DoctorOptions): Promise<Finding[]> {
  const findings = await Promise.all([
    checkNode(process.versions.node),
    checkRedisOf(options),
    checkBundledModels(options.bundledModels ?? bundledFolder),
    checkOnnxRuntime(),
    checkMemory(process.availableMemory()),
    checkDisk(options.home),
    ...(options.endpoints ?? []).map(checkEndpoint),
  ])
  return findings.flat()
}

export function checkNode(version: string): Finding {
  const check = 'Node'
  if (isAtLeast(version, leastNode)) return { check, ok: true, message: version }
  return { check, ok: false, message: `${version} is too old`, advice: `Install Node ${leastNode} or later.` }
}

async function checkRedisOf({ redisUrl, home, path }: DoctorOptions): Promise<Finding[]> {
  const check = 'Redis'
  const notes: string[] = []
  const log = { info: (note: string) => notes.push(note), warn: (note: string) => notes.push(note) }
  try {
    if (redisUrl !== undefined) {
      return [
        { check, ok: true, message: `answers at ${redisAddress(redisUrl).shown}` },
        ...(await inspectRedis(redisUrl)),
      ]
    }
    const own = await openLocalRedis({ ...(path === undefined ? {} : { path }), home, log })
    try {
      const message = [`${own.server} on this machine, looked after by idiolect`, ...notes].join('; ')
      return [{ check, ok: true, message }, ...(await inspectRedis(own.url))]
    } finally {
      await own.close()
    }
  } catch (error) {
    return [{ check, ok: false, message: (error as Error).message }]
  }
}

async function inspectRedis(url: string): Promise<Finding[]> {
  const redis = await connectRedis(redisAddress(url))
  try {
    return await checkRedis(redisAnswers(redis))
  } finally {
    redis.disconnect()
  }
}

/** In a process of its own: a native library that does not fit the machine ends the process that loads it. */
async function checkOnnxRuntime(): Promise<Finding> {
  const check = 'onnxruntime-node'
  const script = `import('onnxruntime-node').then(({ env }) => console.log(env.versions.node ?? env.versions.common))`
  try {
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: bundledFolder })
    return { check, ok: true, message: stdout.trim() }
  } catch (error) {
    const line = (error as Error).message.split('\n').find((each) => /Error|cannot/.test(each)) ?? 'it crashes'
    const advice = 'Models cannot run here: install the packages again with `npm ci`, or name HTTP endpoints as models.'
    return { check, ok: false, message: `does not load: ${line}`, advice }
  }
}

export function checkMemory(availableBytes: number): Finding {
  const check = 'Memory'
  const message = `${gigabytes(availableBytes)} available`
  if (availableBytes >= leastMemoryBytes) return { check, ok: true, message }
  const advice = `The bundled models want ${gigabytes(leastMemoryBytes)}: close other programs, or name HTTP endpoints as models.`
  return { check, ok: 'warning', message, advice }
}

async function checkDisk(home: string): Promise<Finding> {
  const check = 'Disk'
  const space = await statfs(home).catch(() => null)
  // Before the first run the home is not there yet.
  if (space === null && dirname(home) !== home) return checkDisk(dirname(home))
  if (space === null) return { check, ok: 'warning', message: `${home} could not be read` }
  const freeBytes = space.bavail * space.bsize
  const message = `${gigabytes(freeBytes)} free at ${home}`
  if (freeBytes >= leastDiskBytes) return { check, ok: true, message }
  return { check, ok: 'warning', message, advice: 'Redis keeps the work in flight there: make room.' }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}

async function checkEndpoint(url: string): Promise<Finding> {
  const advice = 'Check that the model server runs and that its address in the configuration is right.'
  if (!URL.canParse(url)) return { check: 'Endpoint', ok: false, message: 'an address is not a URL', advice }
  const { origin, pathname } = new URL(url)
  const check = `Endpoint ${origin}${pathname}`
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(endpointTimeoutMs) })
    if (status < 500) return { check, ok: true, message: `answers (${status})` }
    return { check, ok: 'warning', message: `answers with ${status}`, advice }
  } catch (error) {
    // The messages of fetch may quote the address with its key; the codes beneath them do not.
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return { check, ok: false, message: `does not answer (${cause?.code ?? name})`, advice }
  }
}
