import type { Line, LineSplitter } from './split-lines.ts'

export interface ArraySplitter extends LineSplitter {
  /** Whether the closing bracket has come. */
  isClosed(): boolean
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20

/**
 * Cuts the bytes of a JSON array into its elements, each with the line it begins on, so that a bad element costs only itself:
 * a line break within a string, which JSON forbids, ends the element. What follows the array comes out as one more element.
 */
export function createArraySplitter(maxBytes: number): ArraySplitter {
  let line = 1
  let depth = 0
  let inString = false
  let escaped = false
  let previous = 0
  let closed = false
  let element: { number: number; parts: Buffer[]; length: number } | null = null

  function hold(part: Buffer): void {
    if (element === null) return
    element.length += part.length
    if (element.length > maxBytes) element.parts = []
    else element.parts.push(part)
  }

  function finish(into: Line[]): void {
    if (element !== null) {
      into.push({ number: element.number, bytes: element.length > maxBytes ? null : Buffer.concat(element.parts) })
    }
    element = null
  }

  /** Whether the break cuts a string. */
  function passLineBreak(byte: number): boolean {
    if (byte === carriageReturn || previous !== carriageReturn) line += 1
    if (!inString) return false
    inString = false
    escaped = false
    depth = 1
    return true
  }

  function passWithinString(byte: number): void {
    if (escaped) escaped = false
    else if (byte === backslash) escaped = true
    else if (byte === quote) inString = false
  }

  /** Whether the byte parts two elements or closes the array. */
  function passStructure(byte: number): boolean {
    if (byte === quote) inString = true
    else if (byte === openBracket || byte === openBrace) depth += 1
    else if (depth > 1 && (byte === closeBracket || byte === closeBrace)) depth -= 1
    else if (byte === closeBracket) closed = true
    return closed || (depth === 1 && byte === comma)
  }

  return {
    push(chunk) {
      const elements: Line[] = []
      let start = 0
      for (let index = 0; index < chunk.length; index += 1) {
        const byte = chunk[index]!
        if (byte === lineFeed || byte === carriageReturn) {
          if (passLineBreak(byte)) {
            hold(chunk.subarray(start, index))
            finish(elements)
          }
        } else if (inString) passWithinString(byte)
        else if (byte > space) {
          const wasOutside = depth === 0 && !closed
          if (!closed && passStructure(byte)) {
            hold(chunk.subarray(start, index))
            finish(elements)
          } else if (element === null && !wasOutside) {
            element = { number: line, parts: [], length: 0 }
            start = index
          }
        }
        previous = byte
      }
      hold(Buffer.from(chunk.subarray(start)))
      return elements
    },
    end() {
      const elements: Line[] = []
      finish(elements)
      return elements
    },
    isClosed: () => closed,
  }
}
