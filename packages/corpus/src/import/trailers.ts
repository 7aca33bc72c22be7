/** A signature is at most so many lines, by custom four; the footers of lists come after it. */
const maxTrailerLines = 25

const signatureMark = /^-- ?$/

const rule = /^\s*(?:[-_=*~+#]\s?){8,}[\w->~]*\s*$/

/** What lists and mail services write below a message. */
const footerWords =
  /mailing list|unsubscri|subscri(?:be|ption)|listinfo|sponsored by|sponsor\b|free (?:e-?mail|download)|do you yahoo|msn (?:photos|messenger|hotmail)|hotmail\.com|your use of yahoo|sf\.net|sourceforge|virus|confidential|get your free|join the world|list maintainer|thinkgeek/i

const footerStart =
  /^(?:to unsubscribe|this (?:sf\.net )?e-?mail is (?:sponsored|intended)|_{20,}|do you yahoo|your use of yahoo|irish linux users' group:|list maintainer:|https?:\S+\/(?:listinfo|mailman)\/\S+$|(?:get|send|join|chat|msn)\b.*\b(?:hotmail|msn)\b.*$|sent from my )/i

/** A short rule parts off a signature where an address stands below it. */
const shortRule = /^\s*[-_=*~]{2,}\s*$/
const maxSignatureLines = 6
const contact = /\S@\S|https?:|www\.|\+?\d[\d ()-]{7,}/

const urlLine = /^\s*<?(?:https?:|www\.)\S+>?$/

/** The lines without signature, footers and what stands below them. `address` is the sender's, which some write below their name. */
export function withoutTrailers(lines: readonly string[], address: string): string[] {
  let kept = [...lines]
  for (let next = cutTrailer(kept); next.length < kept.length; next = cutTrailer(kept)) kept = next
  return cutAddress(kept, address)
}

function cutAddress(lines: string[], address: string): string[] {
  let end = lines.length
  while (end > 0 && (lines[end - 1]!.trim().toLowerCase() === address || urlLine.test(lines[end - 1]!))) end -= 1
  return lines.slice(end).some((line) => !urlLine.test(line)) ? lines.slice(0, end) : lines
}

function cutTrailer(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line !== '') + 1
  const earliest = Math.max(0, end - maxTrailerLines)
  for (let index = earliest; index < end; index += 1) {
    const line = lines[index]!
    if (signatureMark.test(line) || footerStart.test(line)) return lines.slice(0, index)
    const below = lines.slice(index + 1, end)
    if (shortRule.test(line) && below.length <= maxSignatureLines && below.some((text) => contact.test(text)))
      return lines.slice(0, index)
    if (rule.test(line) && footerWords.test(below.join('\n'))) return lines.slice(0, index)
  }
  return lines.slice(0, end)
}
