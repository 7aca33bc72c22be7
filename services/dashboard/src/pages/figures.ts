/** Figures as people read them; everywhere on the pages the same. */

const whole = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const moment = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

const unknown = '–'

export function count(value: number): string {
  return whole.format(value)
}

/** 1234567 as 1.23M. */
export function compactCount(value: number): string {
  return compact.format(value)
}

export function rate(perSecond: number | null): string {
  if (perSecond === null) return unknown
  if (perSecond === 0 || perSecond >= 100) return `${whole.format(Math.round(perSecond))}/s`
  return `${perSecond.toFixed(perSecond >= 10 ? 1 : 2)}/s`
}

/** Two units at most, rounded up: 45 s, 3 min 5 s, 2 h 10 min, 4 d 3 h. */
export function duration(seconds: number | null): string {
  if (seconds === null) return unknown
  const left = Math.ceil(seconds)
  if (left < 60) return `${left} s`
  if (left < 3600) return `${Math.floor(left / 60)} min ${left % 60} s`
  const minutes = Math.ceil(left / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  const hours = Math.ceil(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** What a batch takes: 340 ms, 2.4 s, 118 s, from ten minutes on as `duration`. */
export function shortTime(seconds: number | null): string {
  if (seconds === null) return unknown
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  return seconds < 600 ? `${Math.round(seconds)} s` : duration(seconds)
}

/** Rounded down, so that 100 % means all. */
export function percent(part: number, total: number): string {
  return `${total === 0 ? 100 : Math.floor((part / total) * 100)} %`
}

/** In the time zone of the machine that serves the page. */
export function dateTime(atMs: number): string {
  return moment.format(atMs)
}
