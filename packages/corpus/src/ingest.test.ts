import { createHash } from 'node:crypto'
import { readFile, rm, utimes, writeFile } from 'node:fs/promises'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { authorsOf, corpusFolder, day, lines, type Row, row, start, textOf } from './corpus-for-tests.ts'
import { ingest } from './ingest.ts'

const folder = corpusFolder()

const all = { targets: { select: 'all' } }

describe('reading', () => {
  it('writes each bad line with file, line, code and reason, and counts add up', async () => {
    const corpus = await folder.open({ documents: [row('a', 1), 'oops', { ...row('a', 2), text: '' }, row('a', 3)] })
    expect(corpus.counts).toMatchObject({ read: 4, rejected: 2, duplicates: 0, repeated: 0, documents: 2, authors: 1 })
    const file = folder.path('documents.jsonl')
    expect(await folder.rejects()).toEqual([
      { file, line: 2, code: 'invalid_json', reason: 'the record is not valid JSON' },
      { file, line: 3, code: 'empty_text', reason: 'text is empty' },
    ])
    await corpus.close()
  })

  it('gives digest and size of each file', async () => {
    const corpus = await folder.open({ documents: [row('a', 1)] })
    const content = await readFile(folder.path('documents.jsonl'))
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(corpus.inputs).toEqual([{ path: folder.path('documents.jsonl'), sha256, bytes: content.length }])
    await corpus.close()
  })

  it('says that a file is missing', async () => {
    for (const input of ['none.jsonl', 'none*.jsonl', '.']) {
      await expect(ingest(folder.options([input]))).rejects.toMatchObject({ code: 'input_missing' })
    }
  })

  it('says that nothing of the input can be used, and leaves the rejects', async () => {
    await expect(folder.open({ documents: ['a', 'b'] })).rejects.toMatchObject({
      code: 'input_unusable',
      message: expect.stringContaining('invalid_json 2'),
    })
    expect(await folder.rejects()).toHaveLength(2)
    await expect(folder.open({ documents: [] })).rejects.toMatchObject({ code: 'input_unusable' })
  })

  it('uses the database again for the same files and builds it anew for others', async () => {
    const documents = [row('a', 1), 'bad']
    await (await folder.open({ documents })).close()
    await rm(folder.path('rejects.jsonl'))
    // The same size and time, other bytes: only a second reading would see them.
    const time = new Date(start)
    const path = folder.path('documents.jsonl')
    await utimes(path, time, time)
    const options = folder.options(['documents.jsonl'])
    const first = await ingest(options)
    await first.close()
    await writeFile(path, lines([row('b', 1), 'bad']))
    await utimes(path, time, time)
    const again = await ingest(options)
    expect(again.counts).toEqual(first.counts)
    expect(again.inputs).toEqual(first.inputs)
    expect(await folder.rejects()).toHaveLength(1)
    await again.close()
    await writeFile(path, lines([row('b', 1), row('b', 2), 'bad']))
    const other = await ingest(options)
    expect(other.counts.documents).toBe(2)
    await other.close()
  })

  it('stops when it is told to', async () => {
    await writeFile(folder.path('documents.jsonl'), lines([row('a', 1)]))
    const options = folder.options(['documents.jsonl'])
    await expect(ingest({ ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('duplicates', () => {
  it('keeps one of identical lines, the earliest of a docId, and the earliest of a text', async () => {
    const corpus = await folder.open({
      documents: [
        row('a', 2),
        row('a', 2),
        row('a', 3, { docId: 'd2' }),
        row('a', 9, { text: row('a', 2).text }),
        row('b', 2, { text: row('a', 2).text }),
        row('a', 1),
      ],
    })
    expect(corpus.counts).toMatchObject({ read: 6, rejected: 1, duplicates: 1, repeated: 1, documents: 3, authors: 2 })
    expect(await folder.rejects()).toMatchObject([{ line: 3, code: 'duplicate_id' }])
    await corpus.close()
  })

  it('makes the same corpus of any order of lines', async () => {
    const pick = fc.record({
      userId: fc.constantFrom('a', 'b', 'é', '漢', '😀', '\uffff'),
      docId: fc.constantFrom('1', '2', '3', 'x/y'),
      timestamp: fc.integer({ min: 0, max: 4 }).map((days) => start + days * day),
      title: fc.constantFrom('', 'title'),
      text: fc.constantFrom('p', 'q', 'r', 's').map((key) => textOf(key)),
    })
    const orders = fc
      .array(pick, { minLength: 1, maxLength: 14 })
      .chain((documents) =>
        fc.tuple(fc.constant(documents), fc.shuffledSubarray(documents, { minLength: documents.length })),
      )
    const made = async (documents: Row[]) => {
      const corpus = await folder.open({ documents })
      const found = {
        counts: corpus.counts,
        authors: await authorsOf(corpus, all),
        codes: (await folder.rejects()).map(({ code }) => code),
      }
      await corpus.close()
      return found
    }
    await fc.assert(
      fc.asyncProperty(orders, async ([documents, shuffled]) => {
        const found = await made(documents)
        expect(await made(shuffled)).toEqual(found)
        const { read, rejected, duplicates, repeated, documents: kept } = found.counts
        expect(rejected + duplicates + repeated + kept).toBe(read)
      }),
      { numRuns: 12 },
    )
  }, 180_000)
})
