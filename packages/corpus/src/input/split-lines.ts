/** A piece of a file that holds one record: a line, or an element of an array. `bytes` is null where it is over the limit. */
export interface Line {
  /** Counts from 1. */
  number: number
  bytes: Buffer | null
}

export interface LineSplitter {
  push(chunk: Buffer): Line[]
  /** The last line, where the file does not end with a line break. */
  end(): Line[]
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Blank lines cost no memory each: a compressed file may hold any number. */
const nothing = Buffer.alloc(0)

/** Cuts bytes into lines at LF, CRLF and CR. A line over `maxBytes` is passed over without being held. */
export function createLineSplitter(maxBytes: number): LineSplitter {
  let number = 1
  let parts: Buffer[] = []
  let length = 0
  let afterReturn = false

  function hold(part: Buffer): void {
    length += part.length
    if (length > maxBytes) parts = []
    else if (part.length > 0) parts.push(part)
  }

  function finish(): Line {
    const line = { number, bytes: length > maxBytes ? null : joined(parts) }
    number += 1
    parts = []
    length = 0
    return line
  }

  return {
    push(chunk) {
      const lines: Line[] = []
      let start = afterReturn && chunk[0] === lineFeed ? 1 : 0
      if (chunk.length > 0) afterReturn = false
      let feed = chunk.indexOf(lineFeed, start)
      let back = chunk.indexOf(carriageReturn, start)
      while (feed !== -1 || back !== -1) {
        const isReturn = back !== -1 && (feed === -1 || back < feed)
        const end = isReturn ? back : feed
        hold(chunk.subarray(start, end))
        lines.push(finish())
        start = isReturn && feed === end + 1 ? end + 2 : end + 1
        afterReturn = isReturn && end === chunk.length - 1
        if (feed !== -1 && feed < start) feed = chunk.indexOf(lineFeed, start)
        if (back !== -1 && back < start) back = chunk.indexOf(carriageReturn, start)
      }
      // A copy, so that the rest of a line does not keep the chunk that it came with.
      hold(Buffer.from(chunk.subarray(start)))
      return lines
    },
    end: () => (length > 0 ? [finish()] : []),
  }
}

function joined(parts: Buffer[]): Buffer {
  if (parts.length === 0) return nothing
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}
