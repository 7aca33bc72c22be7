import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from 'vitest'

const watchdog = new URL('watchdog.ts', import.meta.url).href

async function end(script: string) {
  const code = `import { startWatchdog } from '${watchdog}'; const dog = startWatchdog({ beatMs: 50, maxMissedBeats: 10 }); ${script}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], { stdio: 'ignore' })
  return once(child, 'exit')
}

test('a process whose event loop stands still is killed', async () => {
  expect(await end('for (;;);')).toEqual([null, 'SIGKILL'])
})

test('one that is idle or busy in between lives on, and may end', async () => {
  expect(await end('setTimeout(() => process.exit(7), 1500)')).toEqual([7, null])
})

test('a stopped watchdog kills nobody', async () => {
  const busy = 'const until = Date.now() + 1500; while (Date.now() < until); process.exit(3)'
  expect(await end(`await dog.stop(); ${busy}`)).toEqual([3, null])
})
