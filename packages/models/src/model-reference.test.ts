import { expect, test } from 'vitest'

import { parseModelReference } from './model-reference.ts'

test.each([
  ['bundled:all-MiniLM-L6-v2', { kind: 'bundled', name: 'all-MiniLM-L6-v2' }],
  ['hf:Xenova/bge-small-en-v1.5', { kind: 'hf', repository: 'Xenova/bge-small-en-v1.5' }],
  ['path:/models/my model', { kind: 'path', folder: '/models/my model' }],
  ['path:C:\\models', { kind: 'path', folder: 'C:\\models' }],
  [
    'openai:http://127.0.0.1:8000/v1#org/model:tag',
    { kind: 'openai', baseUrl: 'http://127.0.0.1:8000/v1', model: 'org/model:tag' },
  ],
  ['openai:https://host/v1/#m', { kind: 'openai', baseUrl: 'https://host/v1', model: 'm' }],
  ['tei:http://host:8080', { kind: 'tei', baseUrl: 'http://host:8080' }],
  ['none', { kind: 'none' }],
])('%s is understood', (reference, parsed) => {
  expect(parseModelReference(reference)).toEqual(parsed)
})

test.each([
  ['all-MiniLM-L6-v2', 'bundled:NAME, hf:ORG/NAME'],
  ['', 'bundled:NAME, hf:ORG/NAME'],
  ['ftp:somewhere', 'bundled:NAME, hf:ORG/NAME'],
  ['bundled:../secrets', 'bundled:NAME'],
  ['bundled:..', 'bundled:NAME'],
  ['hf:only-a-name', 'hf:ORG/NAME'],
  ['hf:../etc', 'hf:ORG/NAME'],
  ['path:', 'path:FOLDER'],
  ['openai:http://host/v1', 'openai:BASE_URL#MODEL'],
  ['openai:host/v1#m', 'an http:// or https:// address'],
  ['tei:', 'an http:// or https:// address'],
])('%j is refused with what it should look like', (reference, form) => {
  expect(() => parseModelReference(reference)).toThrow(form)
})

test.each(['tei:https://me:hunter2@host', 'openai:https://host/v1?key=hunter2#m'])(
  'an address with a key in it is refused without repeating the key',
  (reference) => {
    expect(() => parseModelReference(reference)).toThrow(/^(?!.*hunter2).*IDIOLECT_API_KEY/)
  },
)
