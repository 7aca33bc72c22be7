import type { StormReport } from './storm.ts'

/** What is wrong with a run after its storm, a line each; none where nothing is. */
export function complaintsOf(report: StormReport): string[] {
  const { workers, waitingWorkers } = report
  const complaints = [
    [report.lost > 0, `${report.lost} targets are lost`],
    [report.duplicated > 0, `${report.duplicated} targets are there twice`],
    [report.differing.length > 0, `other bytes than in the undisturbed run: ${report.differing.join(', ')}`],
    [!report.countsAddUp, 'the counts of run.json do not add up'],
    [report.miscounts.length > 0, `Redis counted other than ${report.targets} records: ${report.miscounts.join(', ')}`],
    [report.batches > 0, `${report.batches} batches are left on the queues`],
    [report.keys.length > 0, `left in Redis for good: ${some(report.keys)}`],
    [report.filesLeft.length > 0, `left in the output folder: ${some(report.filesLeft)}`],
    [waitingWorkers !== workers, `${waitingWorkers} of ${workers} workers wait for batches`],
    [broken(report).length > 0, `the command broke: ${some(broken(report))}`],
    [report.crashes.length > 0, `workers ended by themselves: ${some(report.crashes)}`],
  ] as const
  return complaints.filter(([isSo]) => isSo).map(([, complaint]) => complaint)
}

export function describe(report: StormReport): string {
  const { strikes, executions, refusals } = report
  const lines = [
    `${report.targets} targets, ${report.committedInStorm} of them written while it stormed; ${report.workers} workers`,
    ...Object.entries(strikes).map(([fault, times]) => `  ${fault}: ${times}`),
    `  the command found something missing and was given again: ${refusals.length}`,
    `batches begun, over all stages: ${executions.begun}, of them again: ${executions.again}`,
    `batches gone through record by record: ${report.quarantines}`,
    `lost: ${report.lost}, duplicated: ${report.duplicated}, identical: ${report.differing.length === 0 ? 'yes' : 'no'}`,
    ...complaintsOf(report).map((complaint) => `WRONG: ${complaint}`),
  ]
  return lines.join('\n')
}

// Exit code 2 says that Redis is not there; a full disk may turn up anywhere; and a run may end, and its work folder go, while the
// command that was given again still reads the input into that.
const excused = /^exit code 2:|ENOSPC|No space left|\.idiolect\/corpus/

function broken({ refusals }: StormReport): string[] {
  return refusals.filter((refusal) => !excused.test(refusal))
}

const shown = 8

function some(names: readonly string[]): string {
  const rest = names.length - shown
  return `${names.slice(0, shown).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
