/** Figures as a terminal shows them: short, and the same everywhere. */

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** 9999 as it is, 1234567 as 1.23M. */
export function shortCount(value: number): string {
  return value < 10_000 ? String(value) : compact.format(value)
}

export function shortRate(perSecond: number | null): string {
  if (perSecond === null) return ''
  if (perSecond >= 9_999.5) return `${compact.format(perSecond)}/s`
  return `${perSecond >= 100 ? Math.round(perSecond) : Number(perSecond.toPrecision(2))}/s`
}

/** Rounded to one unit: 95 s, 12 min, 2.5 h, 3.2 d. */
export function shortTime(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 120) return `${whole} s`
  if (whole < 7_200) return `${Math.round(whole / 60)} min`
  if (whole < 172_800) return `${(whole / 3_600).toFixed(1)} h`
  return `${(whole / 86_400).toFixed(1)} d`
}
