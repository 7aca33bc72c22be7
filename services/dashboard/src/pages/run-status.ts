import { isUnderWay } from '@idiolect/runtime/run-store'

import type { RunView } from '../feed/run-view.ts'

const statusNames: Record<RunView['status'], string> = {
  admitting: 'running',
  running: 'running',
  finished: 'finished',
  suspended: 'stopped, can be resumed',
  cancelled: 'cancelled',
}

export function statusName({ status, paused }: Pick<RunView, 'status' | 'paused'>): string {
  return paused && isUnderWay(status) ? 'paused' : statusNames[status]
}

export function isLive({ status }: Pick<RunView, 'status'>): boolean {
  return isUnderWay(status)
}

/** `/runs/ID`, what is in the address escaped. */
export function runAddress(id: string): string {
  return `/runs/${encodeURIComponent(id)}`
}
