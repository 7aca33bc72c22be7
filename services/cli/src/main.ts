import { errorCodes, IdiolectError } from '@idiolect/contracts/errors'
import { reportableError } from '@idiolect/contracts/reportable-error'
import { Command, CommanderError } from 'commander'

import { commandList } from './command-list.ts'
import type { Surroundings } from './surroundings.ts'
import { versions } from './versions.ts'

// Longer than the stage processes have to hand their batches back.
const stopTimeoutMs = 20_000

/**
 * The command line: reads arguments, environment and signals, runs one command and turns its outcome into an exit code:
 * 0 done, 1 failed or interrupted, 2 bad usage, configuration, input or surroundings.
 */
async function main(process: NodeJS.Process): Promise<number> {
  const interrupt = new AbortController()
  // A process that has started this one, as the dashboard does, is gone when the channel to it closes.
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
    process.on(signal, () => {
      if (interrupt.signal.aborted) process.exit(1)
      process.stderr.write('\nStopping; once more ends at once.\n')
      interrupt.abort(new Interrupted())
      // A Redis that is gone would be waited for; what was stopped hard is resumed all the same.
      setTimeout(() => process.exit(1), stopTimeoutMs).unref()
    })
  }
  const surroundings: Surroundings = {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupt.signal,
    exit: { code: 0 },
  }
  const program = new Command('idiolect')
    .description('Writes the way a given person writes, in bulk.')
    .version(versions.idiolect)
    .showHelpAfterError('(--help shows how)')
    .exitOverride()
  // `help run` names it second.
  const called = process.argv[2] === 'help' ? process.argv[3] : process.argv[2]
  for (const [name, { description, load }] of Object.entries(commandList)) {
    const command = name === called ? (await load())(surroundings) : new Command(name)
    program.addCommand(command.description(description).copyInheritedSettings(program))
  }
  try {
    await program.parseAsync(process.argv)
    return surroundings.exit.code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (interrupt.signal.aborted) {
      process.stderr.write('Stopped. The same command goes on where it stopped.\n')
      return 1
    }
    if (error instanceof IdiolectError) {
      process.stderr.write(`idiolect: ${error.message}\n`)
      await report(process, error)
      return errorCodes[error.code].user ? 2 : 1
    }
    // What did not come from us may quote what it read, and standard error often ends in a log.
    const isShown = process.env.LOG_LEVEL === 'debug'
    const shown = isShown ? error : reportableError(error)
    const hint = isShown ? '' : 'LOG_LEVEL=debug shows what it says.\n'
    process.stderr.write(
      `idiolect: ${shown instanceof Error ? (shown.stack ?? shown.message) : String(shown)}\n${hint}`,
    )
    return 1
  }
}

/** To the process that has started this one, where it listens. */
async function report(process: NodeJS.Process, { code, message }: IdiolectError): Promise<void> {
  if (process.connected) await new Promise((resolve) => process.send!({ code, message }, resolve))
}

class Interrupted extends Error {
  override name = 'Interrupted'
}

process.exitCode = await main(process)
process.exit()
