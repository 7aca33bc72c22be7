import type { Line } from '../input/split-lines.ts'

/** One message as it was sent; `line` is where it begins in its file. `bytes` is null where it is over the limit. */
export interface RawMessage {
  line: number
  bytes: Buffer | null
}

export interface MboxSplitter {
  push(lines: Line[]): RawMessage[]
  end(): RawMessage[]
}

const separator = /^From \S+.*\d{4}\s*$/
const escapedFrom = /^>+From /
const lineFeed = Buffer.from('\n')

/** What a line counts for beside its bytes, about what it takes in memory, so that a message of blank lines has an end, too. */
const lineBytes = 100

/**
 * Cuts the lines of a file into messages at mbox separators (`From sender date`) that stand at the start or after an empty
 * line; a file without one is one message. Escaped `>From` lines get back their form.
 */
export function createMboxSplitter(maxBytes: number): MboxSplitter {
  let message: { line: number; lines: Buffer[]; bytes: number } | null = null
  let afterBlank = true
  let isMbox = false

  function finish(): RawMessage[] {
    const finished = message
    message = null
    if (finished === null || finished.bytes === finished.lines.length * lineBytes) return []
    return [
      {
        line: finished.line,
        bytes: finished.bytes > maxBytes ? null : Buffer.concat(finished.lines.flatMap((line) => [line, lineFeed])),
      },
    ]
  }

  return {
    push(lines) {
      const messages: RawMessage[] = []
      for (const { number, bytes } of lines) {
        const start = bytes?.toString('latin1', 0, 200) ?? ''
        if (afterBlank && separator.test(start)) {
          messages.push(...finish())
          message = { line: number, lines: [], bytes: 0 }
          isMbox = true
        } else {
          message ??= { line: number, lines: [], bytes: 0 }
          message.bytes += (bytes?.length ?? maxBytes) + lineBytes
          if (message.bytes > maxBytes) message.lines = []
          else message.lines.push(isMbox && escapedFrom.test(start) ? bytes!.subarray(1) : bytes!)
        }
        afterBlank = bytes?.length === 0
      }
      return messages
    },
    end: finish,
  }
}
