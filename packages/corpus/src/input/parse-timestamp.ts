/** Below it a number counts seconds (to the year 5138), from it on milliseconds (from March 1973). */
const firstMilliseconds = 100_000_000_000

/** 0001-01-01 and 9999-12-31T23:59:59.999, in milliseconds. */
const earliest = -62_135_596_800_000
const latest = 253_402_300_799_999

const iso =
  /^(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*(?:(Z)|([+-])(\d{2}):?(\d{2})?)?)?$/i
const unix = /^[+-]?\d+(?:\.\d+)?$/

/**
 * Milliseconds since 1970 of ISO 8601 (to the year, month, day or finer; without a zone it is UTC) or of Unix seconds or
 * milliseconds, told apart by their size. Text of exactly four digits is a year, any other number is Unix time.
 * null for anything else, a day that does not exist, and times outside the years 1 to 9999.
 */
export function parseTimestamp(value: unknown): number | null {
  if (value instanceof Date) return inRange(value.getTime())
  if (typeof value === 'number') return fromUnix(value)
  if (typeof value === 'bigint') return fromUnix(Number(value))
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (unix.test(text) && text.length !== 4) return fromUnix(Number(text))
  const match = iso.exec(text)
  return match === null ? null : fromIso(match)
}

function fromUnix(value: number): number | null {
  return inRange(Math.round(Math.abs(value) < firstMilliseconds ? value * 1000 : value))
}

function fromIso(match: RegExpExecArray): number | null {
  const [, years, months = '01', days = '01', hours = '00', minutes = '00', seconds = '00'] = match
  const [fraction = '', , sign, zoneHours = '00', zoneMinutes = '00'] = match.slice(7)
  const day = `${years}-${months}-${days}`
  const time = `${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}`
  const local = Date.parse(`${day}T${time}Z`)
  // Date.parse takes the 31st of February for the 3rd of March, and 24:00 for the next day.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 10) !== day) return null
  if (Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return null
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000
  return inRange(sign === '-' ? local + offset : local - offset)
}

function inRange(milliseconds: number): number | null {
  return milliseconds >= earliest && milliseconds <= latest ? milliseconds : null
}
