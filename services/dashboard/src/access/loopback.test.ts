import { expect, test } from 'vitest'

import { isLoopback, isLoopbackRequest } from './loopback.ts'

test('only names that can mean nothing but this machine are loopback', () => {
  for (const host of ['127.0.0.1', '127.8.4.2', 'localhost', 'LOCALHOST', '::1', '[::1]']) {
    expect(isLoopback(host), host).toBe(true)
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example', '']) {
    expect(isLoopback(host), host).toBe(false)
  }
})

test('a request may come over a forwarded port but not under a foreign name', () => {
  for (const host of ['127.0.0.1:8080', 'localhost:9999', 'localhost', '[::1]:8080']) {
    expect(isLoopbackRequest(host), host).toBe(true)
  }
  for (const host of [undefined, '', 'evil.example:8080', '127.0.0.1@evil.example', '127.0.0.1:80.evil.example']) {
    expect(isLoopbackRequest(host), host).toBe(false)
  }
})
