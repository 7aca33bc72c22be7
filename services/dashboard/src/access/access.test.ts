import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { browser, dashboardForTests } from '../dashboard-for-tests.ts'
import { readSettings } from '../settings.ts'
import { failedAttempts } from './failed-attempts.ts'

const token = 'correct horse battery staple'
const around = dashboardForTests()

describe('a dashboard with a token', () => {
  test('sends a browser to the login page and from there to where it wanted', async () => {
    const { url } = await around.start({ token, host: '0.0.0.0' })
    const { get, post, csrf } = browser(url)
    const refused = await get('/runs/x?a=b')
    expect([refused.status, refused.headers.get('location')]).toEqual([303, '/login?next=%2Fruns%2Fx%3Fa%3Db'])
    const login = await post('/login', { csrf: await csrf('/login?next=/queues/'), next: '/queues/', token })
    expect([login.status, login.headers.get('location')]).toEqual([303, '/queues/'])
    expect(login.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/)
    expect((await get('/')).status).toBe(200)
  })

  test('leads to no other server after the login', async () => {
    const { url } = await around.start({ token })
    const { post, csrf } = browser(url)
    const field = await csrf('/login')
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/a\r\nb',
    ]) {
      const login = await post('/login', { csrf: field, next, token })
      expect(login.headers.get('location'), next).toBe('/')
    }
  })

  test('tells a stranger nothing, whatever is asked', async () => {
    const { url } = await around.start({ token })
    await around.createRun('secret-run')
    const paths = ['/', '/runs/secret-run', '/events', '/api/v1/runs', '/api/v1/openapi.json', '/queues/', '/metrics']
    for (const path of [
      ...paths,
      '/queues/api/queues',
      '/nothing',
      '/login/../runs/secret-run',
      '/pages/../api/v1/runs',
    ]) {
      const answer = await fetch(url + path, { redirect: 'manual' })
      expect([401, 303], path).toContain(answer.status)
      expect(await answer.text(), path).not.toContain('secret-run')
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect((await fetch(`${url}/pages/page.css`)).status).toBe(200)
  })

  test('lets a program in by the token and by nothing else', async () => {
    const { url } = await around.start({ token })
    const ask = async (authorization: string) =>
      (await fetch(`${url}/api/v1/runs`, { headers: { authorization } })).status
    expect(await ask(`Bearer ${token}`)).toBe(200)
    expect(await ask(`bearer ${token}`)).toBe(200)
    expect(await ask(`Bearer ${token}x`)).toBe(401)
    expect(await ask(`Bearer ${token.slice(1)}`)).toBe(401)
    expect(await ask(`Basic ${token}`)).toBe(401)
  })

  test('takes no session that it has not signed, nor one of another token', async () => {
    const { url } = await around.start({ token })
    const other = await around.start({ token: 'another token, just as long' })
    const there = browser(other.url)
    await there.post('/login', { csrf: await there.csrf('/login'), token: 'another token, just as long' })
    const session = there.cookies.get('idiolect_session')!
    const ofCsrf = there.cookies.get('idiolect_csrf')!
    for (const value of [session, session.replace(/\d(?=\.)/, '9'), ofCsrf, 'until 99999999999999', '']) {
      const { cookies, get } = browser(url)
      cookies.set('idiolect_session', value)
      expect((await get('/')).status, value).toBe(303)
    }
  })

  test('refuses even the right token after ten wrong ones', async () => {
    const { url } = await around.start({ token })
    const { post, csrf } = browser(url)
    const field = await csrf('/login')
    const statuses = []
    for (let attempt = 0; attempt < 10; attempt++) {
      statuses.push((await post('/login', { csrf: field, token: `guess ${attempt}` })).status)
    }
    expect(statuses).toEqual(Array(10).fill(401))
    expect((await post('/login', { csrf: field, token })).status).toBe(429)
    const program = await fetch(`${url}/api/v1/runs`, { headers: { authorization: `Bearer ${token}` } })
    expect([program.status, program.headers.get('retry-after')]).toEqual([429, '60'])
  })

  test('ends a session at the logout', async () => {
    const { url } = await around.start({ token })
    const { get, post, csrf } = browser(url)
    await post('/login', { csrf: await csrf('/login'), token })
    await post('/logout', { csrf: await csrf('/login') })
    expect((await get('/')).status).toBe(303)
  })

  test('has it in no page and in no log', async () => {
    const { url } = await around.start({ token })
    const { get, post, csrf } = browser(url)
    const field = await csrf('/login')
    const pages = [
      await post('/login', { csrf: field, token: `${token}?` }),
      await post('/login', { csrf: field, token }),
    ]
    for (const path of ['/', '/login', '/queues/', '/api/v1/runs', '/metrics']) pages.push(await get(path))
    for (const page of pages) expect(await page.text(), page.url).not.toContain('battery')
    expect(around.logged).toContain('login refused')
    expect(around.logged).not.toContain('battery')
  })
})

describe('the settings', () => {
  test('need a token for any host but loopback, of sixteen characters', async () => {
    const open = around.start({ host: '0.0.0.0' })
    await expect(open).rejects.toThrow(/0\.0\.0\.0.*IDIOLECT_DASHBOARD_TOKEN.*--token-file.*--host 127\.0\.0\.1/)
    await expect(open).rejects.toMatchObject({ code: 'config_invalid' })
    const short = around.start({ token: 'fifteen letters' })
    await expect(short).rejects.toThrow(/15 characters; use at least 16/)
    await expect(short).rejects.not.toThrow(/fifteen letters/)
  })

  test('take the token from a file', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'idiolect-token-'))
    await writeFile(join(dir, 'token'), `${token}\n`)
    expect(readSettings({ IDIOLECT_DASHBOARD_TOKEN_FILE: join(dir, 'token') }).token).toBe(token)
    await rm(dir, { recursive: true })
  })
})

test('failed attempts are forgotten after a minute, those of each address apart', () => {
  let now = 0
  const attempts = failedAttempts({ most: 2, windowMs: 60, nowMs: () => now })
  attempts.add('a')
  now = 30
  attempts.add('a')
  attempts.add('b')
  expect([attempts.isBlocked('a'), attempts.isBlocked('b')]).toEqual([true, false])
  now = 61
  expect(attempts.isBlocked('a')).toBe(false)
})
