import { BarChart, CustomChart } from 'echarts/charts'
import { GridComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

import type { Interval } from './bootstrap.ts'

use([BarChart, CustomChart, GridComponent, TitleComponent, SVGRenderer])

export type ChartBar = { name: string; value: number; interval: Interval | null; accented: boolean }

/** Bars from `from` on, and a line at `mark` across all of them. */
export type ChartPanel = { title: string; bars: ChartBar[]; from: number; mark: number | null; digits: number }

export type ChartLayout = 'wide' | 'narrow'

/** px */
const rowHeight = 26
const titleHeight = 34
const panelGap = 26
const nameWidth = 132
const valueWidth = 46
const widths = { wide: 960, narrow: 340 } as const

/**
 * Horizontal bars with their intervals as an SVG without scripts, the panels side by side or one below the other. Colours are the
 * page's custom properties, so that it follows light and dark.
 */
export function scoreChart(panels: readonly ChartPanel[], layout: ChartLayout): string {
  const rows = Math.max(...panels.map(({ bars }) => bars.length))
  const panelHeight = titleHeight + rows * rowHeight
  const width = widths[layout]
  const plotWidth =
    layout === 'wide' ? (width - nameWidth - (panels.length - 1) * panelGap) / panels.length : width - nameWidth
  const places = panels.map((_, index) =>
    layout === 'wide'
      ? { left: nameWidth + index * (plotWidth + panelGap), top: titleHeight, named: index === 0 }
      : { left: nameWidth, top: titleHeight + index * (panelHeight + panelGap), named: true },
  )
  const height = layout === 'wide' ? panelHeight : panels.length * (panelHeight + panelGap) - panelGap
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit' },
      title: panels.map(({ title }, index) => ({
        text: title,
        left: places[index]!.left,
        top: places[index]!.top - titleHeight,
        padding: 0,
        backgroundColor: 'none',
        borderColor: 'none',
        textStyle: { color: 'var(--ink)', fontSize: 14, fontWeight: 600, fontFamily: 'inherit' },
      })),
      grid: places.map(({ left, top }) => ({
        left,
        top,
        width: plotWidth - valueWidth,
        height: rows * rowHeight,
        outerBoundsMode: 'none',
      })),
      xAxis: panels.map(({ bars, from }, gridIndex) => ({
        gridIndex,
        type: 'value',
        startValue: from,
        min: Math.min(from, ...bars.map(({ value, interval }) => interval?.low ?? value)),
        max: Math.max(from, ...bars.map(({ value, interval }) => interval?.high ?? value)) || 1,
        show: false,
      })),
      yAxis: panels.map(({ bars, from }, gridIndex) => ({
        gridIndex,
        type: 'category',
        inverse: true,
        data: bars.map(({ name }) => name),
        axisLine: { show: true, onZero: from === 0, lineStyle: { color: 'var(--line)' } },
        axisTick: { show: false },
        axisLabel: { show: places[gridIndex]!.named, color: 'var(--ink)', fontSize: 13, margin: 10, interval: 0 },
      })),
      series: panels.flatMap((panel, index) => [barSeries(panel, index), intervalSeries(panel, index)]),
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

function axes(index: number) {
  return { xAxisIndex: index, yAxisIndex: index, silent: true, emphasis: { disabled: true } }
}

function barSeries({ bars }: ChartPanel, index: number) {
  return {
    ...axes(index),
    type: 'bar',
    barWidth: '62%',
    data: bars.map(({ value, accented }) => ({
      value,
      itemStyle: { color: accented ? 'var(--done)' : 'var(--arrived)', borderRadius: [0, 2, 2, 0] },
    })),
  }
}

type Coordinates = { coord(point: [number, number]): [number, number] }

/** Above each bar its interval and its figure; behind them the mark. */
function intervalSeries({ bars, mark, digits }: ChartPanel, index: number) {
  return {
    ...axes(index),
    type: 'custom',
    z: 3,
    data: bars.map(({ value }, row) => [value, row]),
    renderItem: ({ dataIndex }: { dataIndex: number }, { coord }: Coordinates) => {
      const { value, interval } = bars[dataIndex]!
      const [from, y] = coord([interval?.low ?? value, dataIndex])
      const [to] = coord([interval?.high ?? value, dataIndex])
      const children: object[] = []
      if (mark !== null) {
        const [x] = coord([mark, dataIndex])
        const shape = { x1: x, x2: x, y1: y - rowHeight / 2, y2: y + rowHeight / 2 }
        children.push({
          type: 'line',
          shape,
          style: { fill: 'none', stroke: 'var(--done)', lineWidth: 1, lineDash: [2, 3] },
        })
      }
      if (interval !== null) {
        for (const [x1, x2, y1, y2] of [
          [from, to, y, y],
          [from, from, y - 3, y + 3],
          [to, to, y - 3, y + 3],
        ]) {
          children.push({
            type: 'line',
            shape: { x1, x2, y1, y2 },
            style: { fill: 'none', stroke: 'var(--ink)', lineWidth: 1.25 },
          })
        }
      }
      children.push({
        type: 'text',
        x: Math.max(to, coord([value, dataIndex])[0]) + 7,
        y,
        style: { text: value.toFixed(digits), fill: 'var(--ink)', fontSize: 12, verticalAlign: 'middle' },
      })
      return { type: 'group', children }
    },
  }
}
