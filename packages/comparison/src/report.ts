import { readFile } from 'node:fs/promises'

import type { Method } from '@idiolect/contracts/method-names'

import type { Interval } from './bootstrap.ts'
import type { Comparison, MethodComparison } from './comparison.ts'
import { type Html, html } from './html.ts'
import { renderScores } from './report-scores.ts'
import { renderTarget, type TargetScores } from './report-target.ts'
import { type ChartBar, type ChartPanel, scoreChart } from './score-chart.ts'
import type { ShownTarget } from './shown-targets.ts'

export type ReportContent = {
  comparison: Comparison
  shown: ShownTarget[]
  /** What a shown row got. */
  scoresOf: (targetId: string, method: Method) => TargetScores
  /** Whether the method was given the entries that its rows name. */
  seesEntries: (method: Method) => boolean
  /** The run in a few words each: models, seed. */
  facts: string[]
}

/** Nothing is loaded and nothing runs, whatever stands in the texts. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

const stylesheet = new URL('./report.css', import.meta.url)

/** One page that needs nothing beside it: light and dark, without scripts. */
export async function renderReport(content: ReportContent): Promise<string> {
  const { comparison, shown, facts } = content
  const { methods, targets, authors, baseline } = comparison
  const title = `${methods.length} ${methods.length === 1 ? 'method' : 'methods'}, ${targets} targets of ${authors} authors`
  const css: Html = { markup: await readFile(stylesheet, 'utf8') }
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Idiolect · ${title}</title>
<style>${css}</style>
</head>
<body>
${shown.length === 0 ? null : html`<a class="skip" href="#texts">Skip to the texts</a>`}
<header class="top">
<p class="brand">Idiolect</p>
<h1>${title}</h1>
<p class="about">${[`baseline ${baseline}`, ...facts].map((fact) => html`<span>${fact}</span>`)}</p>
</header>
<main>
${renderChart(comparison)}
${renderScores(comparison)}
${renderTexts(content)}
</main>
</body>
</html>
`.markup
}

function renderTexts({ comparison: { targets }, shown, scoresOf, seesEntries }: ReportContent): Html | null {
  if (shown.length === 0) return null
  const which = shown.length === targets ? 'All targets.' : `${shown.length} of the ${targets} targets, drawn by seed.`
  return html`<section id="texts" tabindex="-1">
<h2>Texts</h2>
<p class="quiet">${which} Open one to read what each method wrote beside what its author wrote.</p>
${shown.map((target, index) => renderTarget(target, { scoresOf, seesEntries, open: index === 0 }))}
</section>`
}

function renderChart(comparison: Comparison): Html | null {
  const panels = chartPanels(comparison)
  if (panels.length === 0) return null
  const svg = (layout: 'wide' | 'narrow'): Html => ({ markup: scoreChart(panels, layout) })
  return html`<figure class="card chart">
<div class="wide" role="img" aria-label="Bars of the figures in the table below">${svg('wide')}</div>
<div class="narrow" role="img" aria-label="Bars of the figures in the table below">${svg('narrow')}</div>
<figcaption>The continuation alone. Lines: 95 % intervals by bootstrap over the targets. Dotted: ${comparison.baseline}.${comparison.authorship && ' Bars of author AUC begin at 0.5, which is chance.'}</figcaption>
</figure>`
}

/** Of the methods with a continuation: BLEU, ROUGE-L and, where it is there, the authorship score from chance on. */
function chartPanels({ methods, baseline }: Comparison): ChartPanel[] {
  const panel = (
    named: Pick<ChartPanel, 'title' | 'from' | 'digits'>,
    figureOf: (method: MethodComparison) => Pick<ChartBar, 'value' | 'interval'> | null,
  ): ChartPanel[] => {
    const bars = methods.flatMap((each): ChartBar[] => {
      const figure = figureOf(each)
      return figure === null ? [] : [{ name: each.method, accented: each.method === baseline, ...figure }]
    })
    const mark = bars.find(({ accented }) => accented)?.value ?? null
    return bars.length === 0 ? [] : [{ ...named, bars, mark }]
  }
  return [
    ...panel(
      { title: 'BLEU', from: 0, digits: 2 },
      ({ continuation }) => continuation && { value: continuation.bleu, interval: continuation.intervals.bleu },
    ),
    ...panel(
      { title: 'ROUGE-L', from: 0, digits: 2 },
      ({ continuation }) =>
        continuation && { value: 100 * continuation.rougeL, interval: percent(continuation.intervals.rougeL) },
    ),
    ...panel(
      { title: 'Author AUC', from: 0.5, digits: 3 },
      ({ authorship }) => authorship && { value: authorship.auc, interval: authorship.interval },
    ),
  ]
}

function percent(interval: Interval | null): Interval | null {
  return interval && { low: 100 * interval.low, high: 100 * interval.high }
}
