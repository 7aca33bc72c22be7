const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** RFC 5322 section 4.3; any other name says nothing and counts as UTC, as the section has it. */
const zoneHours: Readonly<Record<string, number>> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
}

const mailDate =
  /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[\s-]([a-z]{3})[a-z]*[\s-](\d{2,4})\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(?:([+-])(\d{2}):?(\d{2})|([a-z]{1,5}))?/i

/**
 * Milliseconds since 1970 of a Date header. Unlike `Date.parse` it does not depend on the time zone of the machine: a date without
 * a zone is UTC. null for anything that is not a date of the years 1970 to 2100.
 */
export function parseMailDate(header: string): number | null {
  const match = mailDate.exec(header.replaceAll(/\s+/g, ' ').trim())
  if (match === null) return null
  const [, day, monthName, yearText, hours, minutes, seconds = '0', sign, offsetHours, offsetMinutes, zone] = match
  const month = monthNames.indexOf(monthName!.toLowerCase())
  const time = Date.UTC(fullYear(yearText!), month, Number(day), Number(hours), Number(minutes), Number(seconds))
  const isReal = month >= 0 && new Date(time).getUTCDate() === Number(day) && time >= 0 && time < Date.UTC(2101, 0)
  if (!isReal) return null
  const offset =
    sign === undefined
      ? 60 * (zoneHours[zone?.toUpperCase() ?? ''] ?? 0)
      : Number(`${sign}1`) * offsetOf(offsetHours, offsetMinutes)
  return time - offset * 60_000
}

function offsetOf(hours?: string, minutes?: string): number {
  return Number(hours) * 60 + Number(minutes)
}

/** RFC 5322 section 4.3. */
function fullYear(text: string): number {
  const year = Number(text)
  if (text.length > 3) return year
  return year < 50 && text.length === 2 ? 2000 + year : 1900 + year
}
