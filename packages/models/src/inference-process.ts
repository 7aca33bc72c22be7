import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { type ErrorCode, IdiolectError } from '@idiolect/contracts/errors'
import { type ModelRun, modelRuns } from '@idiolect/contracts/model-events'

/** What the child answers to each message, and how its model ran meanwhile; see `inference-child.ts`. */
export type Answer = { runs?: ModelRun[] } & (
  | { ok: true; value: unknown }
  | { ok: false; code: ErrorCode; message: string }
)

export type InferenceLimits = {
  /** Reading a model from a cold disk; a child that takes longer is killed. */
  openTimeoutMs: number
  /** One call; deliberately long, because a call killed by mistake would fail again and again. */
  callTimeoutMs: number
}

const defaultInferenceLimits: InferenceLimits = { openTimeoutMs: 120_000, callTimeoutMs: 600_000 }

/** Node's arguments to run a TypeScript file from any working directory. */
export const typeScriptArguments = ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]

/** A model in a child process. Calls run one after the other, in the order in which they came. */
export type InferenceProcess<Opened, Input, Output> = {
  /** What the child said of the model when it had opened it. */
  opened: Opened
  /**
   * Rejects with the signal's reason as soon as that is aborted (the child finishes the call for nobody), with
   * `model_timeout` after `callTimeoutMs` (the child is killed) and with `model_crashed` where the child died. After
   * either of these the next call starts a new child.
   */
  call(input: Input, signal?: AbortSignal): Promise<Output>
  close(): Promise<void>
}

/**
 * Starts the module `entry` (one that calls `serveInference`) in a child process, and has it open `opening`.
 * @throws IdiolectError what the child threw while opening, `model_timeout`, `model_crashed`
 */
export async function startInference<Opened, Input, Output>(options: {
  entry: URL
  opening: unknown
  limits?: Partial<InferenceLimits> | undefined
}): Promise<InferenceProcess<Opened, Input, Output>> {
  const limits = { ...defaultInferenceLimits, ...options.limits }

  async function open(): Promise<{ child: Child; opened: Opened }> {
    const child = startChild(options.entry)
    try {
      return { child, opened: (await child.request(options.opening, limits.openTimeoutMs)) as Opened }
    } catch (error) {
      await child.stop()
      throw error
    }
  }

  let { child, opened } = await open()
  let lastTurn: Promise<void> = Promise.resolve()
  let closed = false

  async function take(input: Input, signal?: AbortSignal): Promise<Output> {
    signal?.throwIfAborted()
    if (closed) throw new IdiolectError('internal', 'A model was called after it had been closed')
    if (child.dead()) child = (await open()).child
    return (await child.request(input, limits.callTimeoutMs)) as Output
  }

  return {
    opened,
    call(input, signal) {
      const turn = lastTurn.then(() => take(input, signal))
      lastTurn = turn.then(
        () => undefined,
        () => undefined,
      )
      return untilAborted(turn, signal)
    },
    async close() {
      closed = true
      await child.stop()
      await lastTurn
    },
  }
}

type Child = {
  /** One at a time. */
  request(message: unknown, timeoutMs: number): Promise<unknown>
  dead(): boolean
  stop(): Promise<void>
}

function startChild(entry: URL): Child {
  const child = fork(entry, {
    execArgv: typeScriptArguments,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let pending: ((answer: Answer) => void) | undefined
  let lastLine = ''
  let dead = false

  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (line.trim() !== '') lastLine = line.trim().slice(0, 300)
  })
  child.on('message', (answer) => pending?.(answer as Answer))
  child.on('error', (error) => {
    lastLine = error.message
  })
  const gone = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      dead = true
      const end = signal === null ? `exit code ${code}` : signal
      pending?.({
        ok: false,
        code: 'model_crashed',
        message: `The model's process ended with ${end}${lastLine === '' ? '' : `: ${lastLine}`}`,
      })
      resolve()
    })
  })

  return {
    dead: () => dead,
    async request(message, timeoutMs) {
      const answered = new Promise<Answer>((resolve) => {
        pending = resolve
      })
      if (dead) throw new IdiolectError('model_crashed', "The model's process is gone")
      child.send(message as object, () => undefined)
      const timer = setTimeout(() => {
        pending?.({ ok: false, code: 'model_timeout', message: `The model took more than ${timeoutMs / 1000} s` })
        dead = true
        child.kill('SIGKILL')
      }, timeoutMs)
      const answer = await answered
      clearTimeout(timer)
      pending = undefined
      for (const run of answer.runs ?? []) modelRuns.tell(run)
      if (answer.ok) return answer.value
      throw new IdiolectError(answer.code, answer.message)
    },
    async stop() {
      // Nothing in the child is worth saving, and a native call hears no gentler signal.
      child.kill('SIGKILL')
      await gone
    },
  }
}

function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
