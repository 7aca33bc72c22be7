import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { stages } from '@idiolect/contracts/stages'
import { workforceObserver } from '@idiolect/runtime/observe-workers'
import { queueMetrics } from '@idiolect/runtime/queue-metrics'
import { openQueues, type Queues } from '@idiolect/runtime/queues'
import { redisAddress } from '@idiolect/runtime/redis-address'
import { runObserver } from '@idiolect/runtime/run-progress'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { parse } from 'yaml'

import { type ChatServer, respondWithText, startChatServer } from './chat-server.ts'
import { type ObservedWorker, startObservedWorker } from './observed-worker.ts'
import { prefixedUrl } from './prefixed.ts'
import { idiolect } from './processes.ts'
import { writeLines } from './texts.ts'

const secret = 'Zanzibar'
const authors = 6
const served: string[] = []

/** Of a text in Prometheus' exposition format: by name, the values that each label has. */
type Exposed = Map<string, Map<string, Set<string>>>

let dir: string
let queues: Queues
let server: ChatServer
let workers: ObservedWorker[]
let exposed: Exposed

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'idiolect-metrics-'))
  const redisUrl = prefixedUrl(inject('redisUrl'))
  queues = await openQueues(redisAddress(redisUrl))
  server = await startChatServer(({ content, times }, response) => {
    if (content.includes('author-1 ')) response.writeHead(400).end('{"error":{"message":"no"}}')
    else if (times === 1) response.writeHead(503, { 'retry-after': '0' }).end()
    else respondWithText(response, `and so on, ${secret}.`)
  })
  const env = { REDIS_URL: redisUrl, LOG_LEVEL: 'info' }
  workers = await Promise.all(stages.map((stage) => startObservedWorker(`services/${stage}/src/main.ts`, env)))
  const documents = Array.from({ length: authors * 4 }, (_, index) => ({
    userId: `author-${index >> 2}`,
    docId: `d${index}`,
    timestamp: `2024-01-0${1 + (index % 4)}`,
    title: '',
    text: `This is the letter of author-${index >> 2} about ${secret}. It tells of day ${index} and of the long way home. `.repeat(
      5,
    ),
  }))
  const input = await writeLines(join(dir, 'documents.jsonl'), documents)
  const given = ['enqueue', '-i', input, '-o', join(dir, 'out'), '--wait', '--json', '--set', 'batch.records=2']
  const ended = await idiolect([...given, `generate.model=openai:${server.url}#writer`], env)
  expect(ended.code, ended.stderr).toBe(0)

  for (const worker of workers) served.push(await worker.metrics())
  const look = async () => ({
    answering: true,
    runs: (await runObserver(queues).observe(await queues.store.list())).map(({ run, ...seen }) => ({
      ...run,
      ...seen,
    })),
    workforce: await workforceObserver(queues).observe(),
  })
  served.push(await queueMetrics(queues, look).metrics())
  exposed = readExposed(served.join('\n'))
}, 240_000)

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()))
  await server.close()
  await queues.close()
  await rm(dir, { recursive: true, force: true })
})

function readExposed(text: string): Exposed {
  const found: Exposed = new Map()
  for (const [, name = '', inBraces = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm)) {
    const labels = found.get(name) ?? new Map<string, Set<string>>()
    found.set(name, labels)
    for (const [, label = '', value = ''] of inBraces.matchAll(/(\w+)="([^"]*)"/g)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value))
    }
  }
  return found
}

/** The value of a series, such as `name{a="b"}` with its labels in any order, in what the worker of the stage serves. */
function valueIn(series: string, stage: number): number {
  const line = served[stage]!.split('\n').find((each) => inOrder(each.replace(/ [^ ]*$/, '')) === inOrder(series))
  return Number(line?.replace(/^.* /, ''))
}

function inOrder(series: string): string {
  return series.split(/[{},]/).sort().join()
}

const generate = stages.indexOf('generate')
/** What the dashboard serves. */
const overall = stages.length

describe('a run with a model server that refuses one author and is slow to begin', () => {
  test('is counted by every stage', () => {
    for (const [index, stage] of stages.entries()) {
      const done = valueIn(`idiolect_records_total{state="done",stage="${stage}"}`, index)
      expect(done + (stage === 'generate' ? 1 : 0), stage).toBe(authors)
      expect(valueIn(`idiolect_batches_total{state="done",stage="${stage}"}`, index)).toBe(authors / 2)
      expect(valueIn(`idiolect_batch_run_seconds_count{stage="${stage}"}`, index)).toBe(authors / 2)
      expect(valueIn(`idiolect_batch_wait_seconds_count{stage="${stage}"}`, index)).toBe(authors / 2)
      expect(valueIn(`idiolect_busy_seconds_total{stage="${stage}"}`, index)).toBeGreaterThan(0)
    }
    expect(valueIn('idiolect_failures_total{code="endpoint_rejected",stage="generate"}', generate)).toBe(1)
    expect(valueIn('idiolect_prompt_tokens_total{stage="generate"}', generate)).toBe((authors - 1) * 10)
    expect(valueIn('idiolect_run_committed{state="finished"}', overall)).toBe(authors)
    expect(valueIn('idiolect_run_failed{state="finished"}', overall)).toBe(1)
    expect(valueIn('idiolect_workers{stage="rank"}', overall)).toBe(1)
    expect(valueIn('idiolect_queue_batches{stage="rank",state="waiting"}', overall)).toBe(0)
  })

  test('shows what its models are given, those in processes of their own too, and what servers answer', () => {
    expect(valueIn('idiolect_model_run_rows_sum{model="all-MiniLM-L6-v2",stage="embed"}', 0)).toBeGreaterThan(authors)
    const fill = exposed.get('idiolect_model_run_fill_ratio_bucket')!
    expect(fill.get('model')).toContain('all-MiniLM-L6-v2')
    const tries = (code: string) =>
      valueIn(`idiolect_endpoint_tries_total{model="writer",code="${code}",stage="generate"}`, generate)
    expect(tries('2xx')).toBe(authors - 1)
    expect(tries('5xx')).toBe(authors - 1)
    expect(tries('4xx')).toBeGreaterThan(0)
  })

  test('has labels that stay few, and nothing of what people wrote or who they are', () => {
    const labels = new Set(
      [...exposed.entries()].flatMap(([name, found]) => (/^idiolect_/.test(name) ? [...found.keys()] : [])),
    )
    expect([...labels].sort()).toEqual(['code', 'le', 'model', 'stage', 'state'])
    expect(served.join('\n')).not.toMatch(new RegExp(`${secret}|author-`))
  })
})

/** What PromQL takes from a series, and what it groups and joins by. */
type Query = { names: string[]; matchers: { name: string; label: string; value: string | null }[]; labels: string[] }

function readQuery(expr: string): Query {
  const query: Query = { names: [], matchers: [], labels: [] }
  const text = ({ from, to }: SyntaxNode) => expr.slice(from, to)
  parser.parse(expr).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${expr}`)
      if (node.name === 'VectorSelector') query.names.push(text(node.node.getChild('Identifier')!))
      if (node.name === 'GroupingLabels') query.labels.push(...node.node.getChildren('LabelName').map(text))
      if (node.name === 'UnquotedLabelMatcher') {
        const isEqual = node.node.getChild('MatchOp')!.getChild('EqlSingle') !== null
        const value = text(node.node.getChild('StringLiteral')!).slice(1, -1)
        const label = text(node.node.getChild('LabelName')!)
        query.matchers.push({ name: query.names.at(-1)!, label, value: isEqual ? value : null })
      }
    },
  })
  return query
}

/** What Prometheus itself adds. */
const ofPrometheus = { names: ['up'], labels: ['job', 'instance'] }

function check(expr: string): void {
  const { names, matchers, labels } = readQuery(expr)
  const known = names.filter((name) => !ofPrometheus.names.includes(name))
  for (const name of known) expect([...exposed.keys()], expr).toContain(name)
  for (const { name, label, value } of matchers) {
    if (ofPrometheus.labels.includes(label)) continue
    expect([...(exposed.get(name)?.keys() ?? [])], expr).toContain(label)
    if (value) expect([...exposed.get(name)!.get(label)!], expr).toContain(value)
  }
  for (const label of labels) {
    for (const name of known) expect([...exposed.get(name)!.keys()], `${expr}: ${name}`).toContain(label)
  }
}

describe('what is built on the metrics', () => {
  const read = (path: string) => readFile(new URL(`../infra/${path}`, import.meta.url), 'utf8')

  test('the Grafana dashboard asks for series that there are, by labels that they have', async () => {
    const { panels } = JSON.parse(await read('grafana/idiolect.json')) as { panels: { targets: { expr: string }[] }[] }
    const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    expect(exprs.length).toBeGreaterThan(20)
    for (const expr of exprs) check(expr.replaceAll('$__rate_interval', '5m'))
  })

  test('so do the alerts, and they speak of labels that their result has', async () => {
    type Rule = { alert: string; expr: string; annotations: { summary: string } }
    const { groups } = parse(await read('prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }
    for (const { expr, annotations } of groups.flatMap(({ rules }) => rules)) {
      check(expr)
      const { names, labels } = readQuery(expr)
      const ofSeries = [...(exposed.get(names[0]!)?.keys() ?? []), ...ofPrometheus.labels]
      const ofResult = /^\s*sum by/.test(expr) ? labels : ofSeries
      for (const [, label] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) expect(ofResult, expr).toContain(label)
    }
  })

  test('a name or a label that does not exist is found', () => {
    expect(() => check('sum(rate(idiolect_batches_total{state="odd"}[5m]))')).toThrow()
    expect(() => check('idiolect_batch_total')).toThrow()
    expect(() => check('sum by (run) (idiolect_workers)')).toThrow()
    expect(() => check('sum by (stage idiolect_workers')).toThrow('not PromQL')
  })

  test('Prometheus reads the alerts, and looks where docker-compose.yml has the workers', async () => {
    const prometheus = parse(await read('prometheus/prometheus.yml'))
    expect(prometheus.rule_files).toEqual(['alerts.yml'])
    const [{ names, port }] = prometheus.scrape_configs[0].dns_sd_configs
    expect(names).toEqual([...stages])
    const compose = parse(await read('../docker-compose.yml'))
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([...stages]))
    expect(await read('Dockerfile')).toContain(`IDIOLECT_METRICS_PORT=${port} IDIOLECT_METRICS_HOST=0.0.0.0`)
  })
})
