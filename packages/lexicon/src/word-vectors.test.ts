import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

import { loadWordVectors } from './word-vectors.ts'

const folder = mkdtempSync(join(tmpdir(), 'idiolect-vectors-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(content: string | Buffer): string {
  files += 1
  const path = join(folder, `${files}.txt`)
  writeFileSync(path, content)
  return path
}

const everyWord = { keep: () => true }

function load(content: string | Buffer) {
  return loadWordVectors(fileOf(content), everyWord)
}

describe('distances', () => {
  test('are Euclidean', async () => {
    const vectors = await load('a 0 0\nb 3 4\nc -0.5 1.2e1\n')
    expect(vectors.distance('a', 'b')).toBe(5)
    expect(vectors.distance('b', 'a')).toBe(5)
    expect(vectors.distance('a', 'a')).toBe(0)
    expect(vectors.distance('a', 'c')).toBeCloseTo(Math.hypot(0.5, 12), 12)
  })

  test('are infinite where a word is not known', async () => {
    const vectors = await load('a 0 0\n')
    expect(vectors.distance('a', 'b')).toBe(Infinity)
    expect(vectors.distance('b', 'b')).toBe(Infinity)
  })
})

describe('neighbours', () => {
  test('lie within the limit, the limit included, in the order of the words', async () => {
    const vectors = await load('a 0 0\nb 4 0\nc 4.001 0\nd 0 -4\n')
    const near = vectors.neighboursAmong(['d', 'c', 'b', 'a', 'unknown'], 4)
    expect(near('a')).toEqual(['d', 'b', 'a'])
    expect(near('unknown')).toEqual([])
  })

  test('are those that the distances say', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const component = fc.integer({ min: -30, max: 30 }).map((tenths) => tenths / 10)
    const row = fc.array(component, { minLength: 5, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 6, maxLength: 6 }), async (rows) => {
        const vectors = await load(rows.map((numbers, index) => `${names[index]} ${numbers.join(' ')}`).join('\n'))
        const near = vectors.neighboursAmong(names, 4)
        for (const name of names) {
          expect(near(name)).toEqual(names.filter((other) => vectors.distance(name, other) <= 4))
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('a file', () => {
  const text = 'the 0.1 0.2\nzoë 1 2\nlast -1 -2'

  test.each([
    ['plain', text],
    ['packed by gzip, whatever its name', gzipSync(text)],
    ['packed in two members', Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))])],
    ['with CRLF, spaces at the ends of lines and a last empty line', `${text.replaceAll('\n', ' \r\n')}\r\n\r\n`],
  ])('is read: %s', async (_, content) => {
    const vectors = await loadWordVectors(fileOf(content), { keep: (word) => word !== '' })
    expect(vectors.size).toBe(3)
    expect(vectors.distance('zoë', 'last')).toBeCloseTo(Math.hypot(2, 4), 12)
  })

  test('gives only the words that are kept', async () => {
    const vectors = await loadWordVectors(fileOf(text), { keep: (word) => word === 'last' })
    expect(vectors.size).toBe(1)
    expect(vectors.distance('last', 'last')).toBe(0)
  })

  test('counts the first of two lines of a word', async () => {
    const vectors = await load('a 0 0\nb 0 1\na 9 9\n')
    expect(vectors.distance('a', 'b')).toBe(1)
  })

  test('may hold words with spaces, which are passed over', async () => {
    const vectors = await load('a 0 0\nat name@domain.com 1 2\n. . . 1 2\nat 3 4\n')
    expect(vectors.size).toBe(2)
    expect(vectors.distance('a', 'at')).toBe(5)
  })

  test('is read across the pieces that it comes in', async () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `w${index} ${index} 0.25 -0.125`)
    for (const content of [lines.join('\n'), gzipSync(lines.join('\n'))]) {
      const vectors = await load(content)
      expect(vectors.size).toBe(60_000)
      expect(vectors.distance('w0', 'w59999')).toBe(59_999)
      const steps = lines.map((_, index) => vectors.distance(`w${index}`, `w${Math.max(0, index - 1)}`))
      expect(new Set(steps.slice(1))).toEqual(new Set([1]))
    }
  })
})

describe('a file is refused', () => {
  test.each([
    ['too few numbers', 'a 1 2\nb 1\n', 2],
    ['too many numbers', 'a 1 2\nb 1 2 3\n', 2],
    ['no number at all', 'a 1 2\nb 1 2\nc 1 x\n', 3],
    ['an empty field', 'a 1 2\nb  2\n', 2],
    ['a number past all bounds', 'a 1 2\nb 1 1e99\n', 2],
    ['no numbers on the first line', 'a\nb 1 2\n', 1],
    ['no numbers but words', 'some text\nof words\n', 1],
    ['a header line', '400000 2\na 1 2\n', 2],
    ['an empty line', 'a 1 2\n\nb 1 2\n', 2],
  ])('for %s, with the number of the line', async (_, content, lineNumber) => {
    await expect(load(content)).rejects.toMatchObject({
      name: 'IdiolectError',
      code: 'input_unusable',
      message: expect.stringContaining(`line ${lineNumber} is not a word and `),
    })
  })

  test.each([
    ['is empty', ''],
    ['has a line without end', Buffer.alloc(3_000_000, 'x')],
    ['is a damaged gzip', Buffer.concat([gzipSync('a 1 2\n').subarray(0, 10), Buffer.alloc(100, 7)])],
  ])('where it %s', async (_, content) => {
    await expect(load(content)).rejects.toMatchObject({ name: 'IdiolectError', code: 'input_unusable' })
  })

  test('where its gzip data end early', async () => {
    const packed = gzipSync(Array.from({ length: 1000 }, (_, index) => `w${index} ${Math.sin(index)} 1\n`).join(''))
    await expect(load(packed.subarray(0, packed.length / 2))).rejects.toMatchObject({ code: 'input_truncated' })
  })

  test('where there is none, or it is a folder', async () => {
    await expect(loadWordVectors(join(folder, 'none'), everyWord)).rejects.toMatchObject({ code: 'input_missing' })
    await expect(loadWordVectors(folder, everyWord)).rejects.toMatchObject({ code: 'input_unusable' })
  })

  test('but not for a wrong line of a word that is not kept', async () => {
    const vectors = await loadWordVectors(fileOf('a 1 2\nb 1\nc 1 2\n'), { keep: (word) => word !== 'b' })
    expect(vectors.size).toBe(2)
  })
})
