import { expect, test } from 'vitest'

import { openOnce } from './open-once.ts'

function countingOpener() {
  const log: string[] = []
  const models = openOnce(async (key) => {
    log.push(`open ${key}`)
    if (key === 'bad') throw new Error('no such model')
    return { key, close: async () => void log.push(`close ${key}`) }
  })
  return { log, models }
}

test('what is asked for at once and again is opened once, and closed once', async () => {
  const { log, models } = countingOpener()
  const [first, second] = await Promise.all([models.get('a'), models.get('a')])
  expect(await models.get('a')).toBe(first)
  expect(second).toBe(first)
  await models.get('b')
  await models.close()
  await models.close()
  expect(log).toEqual(['open a', 'open b', 'close a', 'close b'])
})

test('what could not be opened is tried again', async () => {
  const { log, models } = countingOpener()
  await expect(models.get('bad')).rejects.toThrow('no such model')
  await expect(models.get('bad')).rejects.toThrow('no such model')
  await models.close()
  expect(log).toEqual(['open bad', 'open bad'])
})
