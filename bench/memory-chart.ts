import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

export type MemoryCurve = { name: string /** MB, evenly over the run. */; values: readonly number[] }
export type MemoryPanel = { title: string; curves: MemoryCurve[] }

/** px */
const [panelWidth, panelHeight, margin] = [440, 260, 60]
const mostPoints = 200

/** An SVG of panels side by side: memory against the share of the run's time that has passed. */
export function memoryChart(panels: readonly MemoryPanel[]): string {
  const width = panels.length * (panelWidth + margin)
  const left = (index: number) => margin + index * (panelWidth + margin)
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: panelHeight + 2 * margin })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#fff',
      legend: { bottom: 0, data: panels[0]!.curves.map(({ name }) => name) },
      title: panels.map(({ title }, index) => ({
        text: title,
        left: left(index),
        top: 0,
        textStyle: { fontSize: 14 },
      })),
      grid: panels.map((_, index) => ({
        left: left(index),
        top: margin / 2,
        width: panelWidth - 20,
        height: panelHeight,
      })),
      xAxis: panels.map((_, gridIndex) => ({
        gridIndex,
        type: 'value',
        max: 100,
        axisLabel: { formatter: '{value} %' },
        splitLine: { show: false },
      })),
      yAxis: panels.map((_, gridIndex) => ({
        gridIndex,
        type: 'value',
        min: 0,
        axisLabel: { formatter: '{value} MB' },
      })),
      series: panels.flatMap(({ curves }, index) =>
        curves.map(({ name, values }) => ({
          name,
          type: 'line',
          xAxisIndex: index,
          yAxisIndex: index,
          showSymbol: false,
          lineStyle: { width: 1.5 },
          data: pointsOf(values),
        })),
      ),
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** The highest of each stretch, so that no peak is lost. */
function pointsOf(values: readonly number[]): [percent: number, megabytes: number][] {
  const stretch = Math.max(1, Math.ceil(values.length / mostPoints))
  const count = Math.ceil(values.length / stretch)
  return Array.from({ length: count }, (_, index) => [
    (100 * index) / Math.max(1, count - 1),
    Math.max(...values.slice(index * stretch, (index + 1) * stretch)),
  ])
}
