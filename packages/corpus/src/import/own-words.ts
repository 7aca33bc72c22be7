import { withoutArticle } from './articles.ts'
import { withoutQuotations } from './quotations.ts'
import { withoutTrailers } from './trailers.ts'

/**
 * What the sender wrote of a plain-text message: no quoted lines and what introduces them, no forwarded messages, pasted articles, patches and PGP
 * blocks, no signature and no footers of lists and mail services. May be empty. `address` is the sender's, in lower case.
 */
export function ownWords(text: string, address: string): string {
  const lines = text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => line.trimEnd().replace(dashEscape, ''))
  const own = withoutArticle(withoutTrailers(withoutQuotations(withoutBlocks(lines)), address))
  return own
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** RFC 9580 section 7.2: in signed text a line that begins with a dash gets another. */
const dashEscape = /^- (?=-)/

interface Block {
  from: RegExp
  /** The last line of the block; without it the block goes to the end of the message. */
  to: RegExp | null
}

const blocks: readonly Block[] = [
  { from: /^-----BEGIN PGP SIGNATURE-----/, to: /^-----END PGP SIGNATURE-----/ },
  { from: /^-----BEGIN PGP PUBLIC KEY BLOCK-----/, to: /^-----END PGP PUBLIC KEY BLOCK-----/ },
  { from: /^-----BEGIN PGP SIGNED MESSAGE-----/, to: /^$/ },
  { from: /^-{2,}\s*begin forwarded (?:text|message)/i, to: /^-{2,}\s*end forwarded (?:text|message)/i },
  { from: /^-{3,}\s*forwarded message(?: from .*)?\s*-*$/i, to: /^-{3,}\s*end of forwarded message/i },
  { from: /^-{2,}\s*(?:start of )?forwarded (?:message|mail|by)\b/i, to: /^-{2,}\s*end (?:of )?forwarded/i },
  { from: /^\s*(?:begin forwarded message:|forwarded message:|forward - original mail:)/i, to: null },
  { from: /^forwarded-by: /i, to: null },
  { from: /^this article from \S+\.com$/i, to: null },
  { from: /^-{10,} yahoo! groups sponsor -{5,}/i, to: /^-{20,}[~_]?->/ },
]

/** Outlook quotes without marks below it; where nothing stands above, the answer stands between the quoted lines below. */
const originalMessage = /^\s*-{3,}\s*original (?:message|email)\s*-{3,}/i
const quotedLine = /^\s*>/

const headerField = /^[A-Z][A-Za-z-]+:\s/
const mimeHeader = /^content-[a-z-]+:\s/i

const patchStart = /^(?:diff -|Index: \S+$|--- \S+.*\d{2}:\d{2}|\*\*\* \S+.*\d{2}:\d{2}|@@ -\d+)/
const patchLine = /^(?:[+\-@!*\\ ]|diff |Index: |={20,}|RCS file|retrieving|$)/

function withoutBlocks(lines: string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!
    if (originalMessage.test(line)) {
      const isAnsweredBelow =
        kept.every((above) => above === '') && lines.slice(index).some((below) => quotedLine.test(below))
      if (!isAnsweredBelow) break
      while (headerField.test(lines[index + 1] ?? '')) index += 1
      continue
    }
    if (mimeHeader.test(line) && kept.every((above) => above === '')) continue
    const block = blocks.find(({ from }) => from.test(line))
    if (block !== undefined) {
      const end = block.to === null ? -1 : lines.findIndex((later, at) => at > index && block.to!.test(later))
      if (end === -1) break
      index = end
    } else if (patchStart.test(line)) {
      while (index + 1 < lines.length && patchLine.test(lines[index + 1]!)) index += 1
    } else {
      kept.push(line)
    }
  }
  return kept
}
