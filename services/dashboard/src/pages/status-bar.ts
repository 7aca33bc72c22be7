import { type Html, html } from './html.ts'

type Piece = { kind: 'arrived' | 'done' | 'failed'; share: number; from?: number }

/** A bar of pieces, each over the ones before; the label is for those who do not see it, null where the figures stand beside it. */
export function statusBar(pieces: readonly Piece[], label: string | null): Html {
  const rects = pieces.map(
    ({ kind, share: width, from = 0 }) =>
      html`<rect class="${kind}" x="${from}%" width="${Math.max(0, width)}%" height="100%"/>`,
  )
  return label === null
    ? html`<svg class="bar" aria-hidden="true" preserveAspectRatio="none">${rects}</svg>`
    : html`<svg class="bar" role="img" preserveAspectRatio="none"><title>${label}</title>${rects}</svg>`
}

/** Done and, at its end, failed. */
export function overallBar({
  committed,
  failed,
  targets,
}: {
  committed: number
  failed: number
  targets: number
}): Html {
  const failedShare = share(Math.min(failed, committed), targets)
  const done = share(committed, targets)
  return statusBar(
    [
      { kind: 'done', share: done },
      { kind: 'failed', share: failedShare, from: done - failedShare },
    ],
    null,
  )
}

/** In per cent with one decimal, at most 100. */
export function share(part: number, total: number): number {
  return total === 0 ? 100 : Math.min(100, Math.round((part / total) * 1000) / 10)
}
