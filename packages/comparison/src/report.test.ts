import { describe, expect, test } from 'vitest'

import { compareRows } from './compare-rows.ts'
import { comparedRow, stream } from './fixtures/compared-rows.ts'
import { renderReport } from './report.ts'

const hostile = `</p><script>alert("x")</script><img src='http://x/' onerror=alert(1)>&amp;`

async function page({ shown = 5, targets = 3 } = {}): Promise<string> {
  const rows = Array.from({ length: targets }, (_, at) => `t${at}`).flatMap((id) =>
    (['RecentDoc', 'RankDocBySnpt', '+SumCtxInd'] as const).map((method) =>
      comparedRow(id, method, {
        userId: `${id} ${hostile}`,
        context: `${hostile} `,
        output: `${hostile} and ${method} of ${id}`,
        reference: `${hostile} the truth of ${id}`,
        summary: `summary ${hostile}`,
        keyElements: [`word ${hostile}`],
        entries: [{ docId: hostile, score: 0.5, text: `entry ${hostile}` }],
      }),
    ),
  )
  const compared = await compareRows(stream(rows), {
    asked: ['RecentDoc', 'RankDocBySnpt', '+SumCtxInd', 'ImmedCtx'],
    baseline: 'RankDocBySnpt',
    shown,
    seed: 1,
    authorship: null,
  })
  return renderReport({ ...compared, seesEntries: (method) => method !== 'RecentDoc', facts: [`model ${hostile}`] })
}

describe('the report', () => {
  test('escapes every text, and has nothing that runs or is loaded', async () => {
    const markup = await page()
    expect(markup).not.toMatch(/<script/i)
    expect(markup).not.toMatch(/<img/i)
    expect(markup).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
    expect(markup).toContain('&amp;amp;')
    expect(markup).toContain(`content="default-src &#39;none&#39;`)
    // Only links within the page; the SVG's namespaces are names, not addresses.
    const addresses = [...markup.matchAll(/\s(?:src|href|xlink:href|action)="([^"]*)"/g)].map(([, address]) => address)
    expect(addresses).toEqual(['#texts'])
    expect(markup).not.toMatch(/url\(/)
  })

  test('opens and closes every element', async () => {
    const markup = await page()
    for (const element of ['details', 'summary', 'article', 'section', 'table', 'tr', 'p', 'div', 'svg', 'figure']) {
      const opened = markup.match(new RegExp(`<${element}[ >]`, 'g'))?.length ?? 0
      expect([element, markup.match(new RegExp(`</${element}>`, 'g'))?.length ?? 0]).toEqual([element, opened])
      expect(opened).toBeGreaterThan(0)
    }
  })

  test('has every method’s text beside the truth, with what the method was given', async () => {
    const markup = await page()
    for (const id of ['t0', 't1', 't2']) {
      expect(markup).toContain(`the truth of ${id}`)
      for (const method of ['RecentDoc', 'RankDocBySnpt', '+SumCtxInd'])
        expect(markup).toContain(`and ${method} of ${id}`)
    }
    expect(markup.match(/summary &lt;/g)).toHaveLength(9)
    expect(markup.match(/entry &lt;/g)).toHaveLength(6)
    expect(markup).toContain('Without any text: ImmedCtx.')
  })

  test('has no section of texts where none are to be shown', async () => {
    const markup = await page({ shown: 0 })
    expect(markup).not.toContain('id="texts"')
    expect(markup).toContain('<svg')
  })

  test('draws its colours from the page, so that the chart follows light and dark', async () => {
    const chart = /<svg[\s\S]*?<\/svg>/.exec(await page())![0]
    expect(chart).toContain('fill="var(--done)"')
    const colours = [...chart.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour!)
    expect(colours.filter((colour) => !colour.startsWith('var(') && colour !== 'none')).toEqual([])
  })
})
