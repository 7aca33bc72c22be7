import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { readSecret } from './secret.ts'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-secret-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

test('a secret is the value, or what the file holds without the line break at its end', async () => {
  const file = join(dir, 'secret')
  await writeFile(file, 'sesame\n')
  expect(readSecret({}, 'KEY')).toBeUndefined()
  expect(readSecret({ KEY: 'sesame' }, 'KEY')).toBe('sesame')
  expect(readSecret({ KEY_FILE: file }, 'KEY')).toBe('sesame')
})

test('a file that is missing or empty, and a secret that is given twice, are one line that does not hold it', async () => {
  const empty = join(dir, 'empty')
  await writeFile(empty, '\n')
  expect(() => readSecret({ KEY_FILE: join(dir, 'none') }, 'KEY')).toThrow(
    /^KEY_FILE: .*none cannot be read \(ENOENT\)$/,
  )
  expect(() => readSecret({ KEY_FILE: empty }, 'KEY')).toThrow(/^KEY_FILE: .*empty is empty$/)
  expect(() => readSecret({ KEY: 'sesame', KEY_FILE: empty }, 'KEY')).toThrow(
    /^KEY and KEY_FILE are both set; set one$/,
  )
})
