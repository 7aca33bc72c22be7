import type { RunObservation, StageObservation } from '@idiolect/runtime/run-progress'
import { isUnderWay, type Run } from '@idiolect/runtime/run-store'

import { shortCount, shortRate, shortTime } from './run-figures.ts'

type Column = { head: string; width: number; cell: (stage: StageObservation) => string }

const nameWidth = 'synthesize'.length
const shortestBar = 6
const longestBar = 40

/**
 * A run as a table of its stages with the overall figures below, no line longer than `width`. Where it gets narrow the bars shrink,
 * then columns drop out from the right: the time that the backlog takes, the backlog, the rate.
 */
export function runLines(observation: RunObservation, width: number): string[] {
  const { stages, targets } = observation
  const columns = columnsFor(targets)
  while (columns.length > 1 && barWidth(columns, width) < shortestBar) columns.pop()
  const bar = Math.min(longestBar, barWidth(columns, width))
  const row = (name: string, drawn: string, cells: string[]) => {
    const padded = cells.map((cell, index) => cell.padStart(columns[index]!.width))
    return [name.padEnd(nameWidth), ...(bar > 0 ? [drawn.padEnd(bar)] : []), ...padded].join(' ').slice(0, width)
  }
  const heads = columns.map(({ head }) => head)
  const rows = stages.map((stage) => {
    const cells = columns.map(({ cell }) => cell(stage))
    return row(stage.stage, drawBar(Math.min(stage.records, targets), { targets, width: bar }), cells)
  })
  return [row('', '', heads), ...rows, ...joinWithin(overall(observation), width)]
}

/** The same figures on one line, for a log. */
export function runLine(observation: RunObservation): string {
  const { stages, targets } = observation
  const perStage = stages.map(({ stage, records, recordsPerSecond, backlogRecords, backlogSeconds }) => {
    const parts = [`${stage} ${Math.min(records, targets)}`]
    if (recordsPerSecond !== null && records < targets) parts.push(shortRate(recordsPerSecond))
    if (backlogRecords > 0) parts.push(`${backlogRecords} waiting${inBrackets(backlogSeconds)}`)
    return parts.join(' ')
  })
  return [...overall(observation), perStage.join(', ')].join(' · ')
}

export function statusOf({ status, paused }: Run): string {
  return paused && isUnderWay(status) ? 'paused' : status
}

/** The order is that of their worth. */
function columnsFor(targets: number): Column[] {
  const total = shortCount(targets)
  const done = ({ records }: StageObservation) => `${shortCount(Math.min(records, targets))}/${total}`
  // Of a stage that is through it would fall for as long as the others go on.
  const rate = ({ records, recordsPerSecond }: StageObservation) =>
    records < targets ? shortRate(recordsPerSecond) : ''
  const work = ({ backlogRecords, backlogSeconds }: StageObservation) =>
    backlogRecords === 0 || backlogSeconds === null ? '' : shortTime(backlogSeconds)
  return [
    { head: 'done', width: 6 + total.length, cell: done },
    { head: 'rate', width: 7, cell: rate },
    { head: 'backlog', width: 7, cell: ({ backlogRecords }) => shortCount(backlogRecords) },
    { head: 'work', width: 7, cell: work },
  ]
}

/** What the columns leave; a space stands before each. */
function barWidth(columns: readonly Column[], width: number): number {
  const taken = columns.reduce((sum, column) => sum + column.width + 1, nameWidth + 1)
  return Math.max(0, width - taken)
}

function drawBar(done: number, { targets, width }: { targets: number; width: number }): string {
  const full = targets === 0 ? width : Math.floor((done / targets) * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`
}

function overall(observation: RunObservation): string[] {
  const { run, committed, targets, failed, recordsPerSecond, promptTokens, completionTokens } = observation
  const tokens = promptTokens + completionTokens
  const parts = [
    `${committed} of ${targets} done`,
    failed > 0 ? `${failed} failed` : '',
    statusOf(run) === 'paused' ? 'paused' : '',
    shortRate(recordsPerSecond),
    timeLeft(observation),
    tokens > 0 ? `${shortCount(promptTokens)} tokens in, ${shortCount(completionTokens)} out` : '',
  ]
  return parts.filter((part) => part !== '')
}

function timeLeft({ etaSeconds, committed, targets }: RunObservation): string {
  return etaSeconds === null || committed >= targets ? '' : `${shortTime(etaSeconds)} left`
}

function inBrackets(seconds: number | null): string {
  return seconds === null ? '' : ` (${shortTime(seconds)})`
}

/** As many parts a line as there is room for. */
function joinWithin(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const longer = `${lines.at(-1)} · ${part}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(part.slice(0, width))
  }
  return lines
}
