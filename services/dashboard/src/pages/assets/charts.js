// Draws what page.js receives as `charts`; uPlot stands in the page before this.

const charts = [
  { key: 'records', title: 'Records a second', unit: '/s' },
  { key: 'busy', title: 'Workers busy', unit: '' },
  { key: 'tokens', title: 'Tokens a second', unit: '/s' },
]
const heightPx = 170

const place = document.getElementById('plots')
const nothing = document.getElementById('no-plots')
const dark = matchMedia('(prefers-color-scheme: dark)')
let drawn = []
let latest

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

function clock(seconds, withSeconds) {
  const parts = { hour: '2-digit', minute: '2-digit', ...(withSeconds ? { second: '2-digit' } : {}) }
  return new Date(seconds * 1000).toLocaleTimeString('en-GB', parts)
}

function figure(value) {
  return value == null ? '–' : value.toLocaleString('en', { maximumSignificantDigits: 3 })
}

function draw({ key, title, unit }, curves) {
  const names = Object.keys(curves)
  const frame = document.createElement('figure')
  const caption = document.createElement('figcaption')
  caption.textContent = title
  frame.append(caption)
  place.append(frame)
  const axis = {
    stroke: colour('quiet'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  }
  const plot = new uPlot(
    {
      width: frame.clientWidth,
      height: heightPx,
      cursor: { sync: { key: 'charts' }, y: false, drag: { x: false, y: false } },
      scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
      axes: [
        {
          ...axis,
          space: 70,
          values: ({ scales }, splits) => splits.map((seconds) => clock(seconds, scales.x.max - scales.x.min < 600)),
        },
        { ...axis, size: 52, values: (_plot, splits) => splits.map(figure) },
      ],
      series: [
        { label: 'at', value: (_plot, seconds) => (seconds == null ? '' : clock(seconds, true)) },
        ...names.map((name) => ({
          label: name,
          stroke: colour(name),
          width: 1.5,
          points: { show: false },
          value: (_plot, value) => figure(value) + (value == null ? '' : unit),
        })),
      ],
    },
    dataOf(key),
    frame,
  )
  plot.root.querySelector('canvas').setAttribute('role', 'img')
  return { key, names, title, unit, frame, plot }
}

function dataOf(key) {
  return [latest.seconds, ...Object.values(latest[key])]
}

function drawAll() {
  for (const { plot, frame } of drawn) {
    plot.destroy()
    frame.remove()
  }
  // A curve needs two points.
  drawn = latest.seconds.length < 2 ? [] : charts.map((chart) => draw(chart, latest[chart.key]))
  nothing.hidden = drawn.length > 0
  for (const each of drawn) describe(each)
}

/** What the picture says, for those who do not see it: the newest values. */
function describe({ key, names, title, unit, plot }) {
  const values = names.map((name) => `${name} ${figure(latest[key][name].at(-1))}${unit}`)
  plot.root.querySelector('canvas').setAttribute('aria-label', `${title}, last hour. Now: ${values.join(', ')}.`)
}

function resize() {
  for (const { plot, frame } of drawn) {
    if (frame.clientWidth !== plot.width) plot.setSize({ width: frame.clientWidth, height: heightPx })
  }
}

document.addEventListener('charts', ({ detail }) => {
  latest = detail
  if (drawn.length === 0 || latest.seconds.length < 2) return drawAll()
  for (const each of drawn) {
    each.plot.setData(dataOf(each.key))
    describe(each)
  }
})
dark.addEventListener('change', () => {
  if (latest !== undefined) drawAll()
})
new ResizeObserver(resize).observe(place)
