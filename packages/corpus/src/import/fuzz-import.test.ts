import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { errorCodes, IdiolectError } from '@idiolect/contracts/errors'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { importLamp } from './import-lamp.ts'
import { importLongLamp } from './import-longlamp.ts'
import { amazonColumns, importTable } from './import-table.ts'
import { parseMessage } from './parse-message.ts'
import { createMboxSplitter } from './split-mbox.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-fuzz-'))
})
afterAll(() => rm(folder, { recursive: true }))

const head = 'From: Ann <ann@example.org>\nDate: Wed, 1 Jan 2020 00:00:00 +0000\nMessage-ID: <1@example.org>\n'
const html = (body: string) => Buffer.from(`${head}Content-Type: text/html\n\n${body}`)

describe('a message', () => {
  it('whose HTML is nested beyond all measure is read as far as people nest it', async () => {
    const deep = await parseMessage(html(`<p>Hello you.</p>${'<div>'.repeat(20_000)}too deep`))
    expect(deep).toMatchObject({ record: { text: 'Hello you.' } })
    const usual = await parseMessage(html(`${'<table><tr><td>'.repeat(40)}Hello you.`))
    expect(usual).toMatchObject({ record: { text: 'Hello you.' } })
  })

  it('that is too long to be one person’s is rejected before it is looked at', async () => {
    const plain = Buffer.from(`${head}\n${'word '.repeat(200_001)}`)
    expect(await parseMessage(plain)).toMatchObject({ fault: { code: 'text_too_long' } })
    expect(await parseMessage(html('<p>word</p>'.repeat(800_000)))).toMatchObject({ fault: { code: 'text_too_long' } })
  })

  it('of blank lines without end is passed over as too long', () => {
    const messages = createMboxSplitter(10_000)
    const lines = Array.from({ length: 1000 }, (_, index) => ({ number: 2 + index, bytes: Buffer.alloc(0) }))
    messages.push([{ number: 1, bytes: Buffer.from('From: Ann <ann@example.org>') }, ...lines])
    expect(messages.end()).toEqual([{ line: 1, bytes: null }])
  })

  it('is a document or says what is wrong, whatever becomes of its bytes', async () => {
    const parts = 'multipart/alternative; boundary="b"'
    const valid = `${head}Subject: =?utf-8?q?caf=C3=A9?=\nContent-Type: ${parts}\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nMine =C3=A9.\n\nOn Monday Bob wrote:\n> his\n\n-- \nAnn\n--b\nContent-Type: text/html\n\n<p>Mine</p>\n--b--\n`
    const scrap = fc.oneof(
      fc.constantFrom(
        '\n',
        '\n\n',
        '--b',
        '=',
        '=?utf-8?b?',
        '<',
        '>',
        '> ',
        '<a@b>',
        '"',
        ';',
        'Content-Type: ',
        'message/rfc822',
        '\0',
        'From ',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    const changes = fc.array(fc.tuple(fc.nat(valid.length), fc.nat(40), scrap), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const text = list.reduce((all, [at, cut, insert]) => all.slice(0, at) + insert + all.slice(at + cut), valid)
        const parsed = await parseMessage(Buffer.from(text))
        if ('fault' in parsed) expect(parsed.fault.reason).not.toBe('')
        else expect(parsed.record.text.trim()).not.toBe('')
      }),
      { numRuns: 300 },
    )
  })
})

describe('benchmarks of other formats', () => {
  const item = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.record(
      { id: fc.jsonValue(), text: fc.jsonValue(), title: fc.jsonValue(), date: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    fc.record({
      id: fc.constantFrom('1', 2),
      text: fc.constantFrom('One.', 'Two.'),
      date: fc.constantFrom('2020', 'soon'),
    }),
  )
  const question = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record({
      id: fc.constantFrom('1', '2', '__proto__'),
      input: fc.constantFrom('Go on', ''),
      profile: fc.array(item, { maxLength: 4 }),
    }),
  )
  const paths = () => ({
    path: join(folder, 'in.json'),
    out: join(folder, 'out.jsonl'),
    rejects: join(folder, 'rejects.jsonl'),
  })

  it.each([
    ['LaMP', importLamp],
    ['LongLaMP', importLongLamp],
    ['reviews', (to: ReturnType<typeof paths>) => importTable({ ...to, columns: amazonColumns })],
  ])('%s are imported as far as they are good, whatever they hold', async (_name, run) => {
    await fc.assert(
      fc.asyncProperty(fc.array(question, { maxLength: 5 }), async (questions) => {
        await writeFile(paths().path, JSON.stringify(questions))
        try {
          await run(paths())
        } catch (error) {
          if (!(error instanceof IdiolectError)) throw error
          expect(errorCodes[error.code].user).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})
