import { createHash } from 'node:crypto'

import { convert } from 'html-to-text'
import PostalMime, { type Email } from 'postal-mime'

import { type DatedDocument, maxTextChars, type Parsed } from '../input/parse-record.ts'
import type { RejectCode } from '../rejects.ts'
import { ownWords } from './own-words.ts'
import { parseMailDate } from './parse-mail-date.ts'
import { titleOf } from './subject-title.ts'

const headerLine = /^[!-9;-~]+[ \t]*:/

/** Senders that are programs. What they send is nobody's way of writing. */
const robotName =
  /^(?:(?:do[-_]?)?no?t?[-_]?reply|mailer-daemon|postmaster|majordomo|listserv|mailman|bugzilla.*|rss-?feeds?|cron|root|daemon|nobody|news(?:letters?)?|digests?|notif(?:y|ications?)|alerts?|subscriptions?|announce(?:ments?)?|updates?|.*[-+](?:request|owner|admin|bounces|daemon|digest))@/

/** What programs write. */
const robotText = /^This is an automated? |^Update of \/\S+\nIn directory |change your settings:/im

/** What newsletters have in their footers, and discussion lists have not. */
const newsletterText =
  /^[^>\n]{0,200}\b(?:to (?:unsubscribe|subscribe|cancel)\b[^.\n]{0,80}(?:click here|visit)|to stop receiving|address for your subscription|manage (?:my|your) subscriptions?|you (?:are receiving|receive|received|have received) this (?:e-?mail|message|newsletter) because|because you (?:are )?(?:subscribed|registered|signed up))/im

/** Addresses that TMDA makes for each message: the time and a code stand behind the person's name. */
const datedAddress = /[-+]dated[-+]\d+\.[0-9a-f]+(?=@)/

/** Of HTML, which is mostly markup. */
const maxHtmlChars = 8_000_000

/** Deeper elements are left out; mail programs nest some tens. The parser needs a stack for each, and 8,000 are too many. */
const maxHtmlDepth = 500

/**
 * A message as a document: the author is the sender's address in lower case, docId the Message-ID (or a hash of the message),
 * title the subject, text what its author wrote of it.
 */
export async function parseMessage(bytes: Buffer): Promise<Parsed<DatedDocument>> {
  if (!headerLine.test(bytes.toString('latin1', 0, 1000)))
    return reject('invalid_message', 'the message does not begin with a header')
  const email = await PostalMime.parse(bytes, { forceRfc822Attachments: true }).catch(() => null)
  if (email === null) return reject('invalid_message', 'the message cannot be parsed as MIME')
  const userId = email.from?.address?.trim().toLowerCase().replace(datedAddress, '')
  if (userId === undefined || !userId.includes('@')) return reject('no_author', 'the From header holds no address')
  if (isAutomatic(userId, email)) return reject('robot_author', 'the sender is a program')
  const timestamp = parseMailDate(headerOf(email, 'date') ?? '')
  if (timestamp === null) return reject('invalid_timestamp', 'the Date header is missing or is not a date')
  const plain = plainText(email)
  if (plain === null || plain.length > maxTextChars) return reject('text_too_long', 'the text is longer than the limit')
  if (newsletterText.test(plain)) return reject('robot_author', 'the text is that of a newsletter')
  if (robotText.test(plain)) return reject('robot_author', 'the text is that of a program')
  const text = ownWords(plain, userId)
  if (!/[\p{L}\p{N}]/u.test(text)) return reject('empty_text', "the message holds no words of the sender's own")
  return { record: { userId, docId: docIdOf(email, bytes), timestamp, title: titleOf(email.subject ?? ''), text } }
}

function reject(code: RejectCode, reason: string): { fault: { code: RejectCode; reason: string } } {
  return { fault: { code, reason } }
}

function headerOf(email: Email, key: string): string | undefined {
  return email.headers.find((header) => header.key === key)?.value
}

function isAutomatic(userId: string, email: Email): boolean {
  const submitted = headerOf(email, 'auto-submitted') ?? 'no'
  const type = headerOf(email, 'content-type') ?? ''
  return robotName.test(userId) || !/^no\b/i.test(submitted) || /^multipart\/(?:digest|report)/i.test(type)
}

/** null where it is too long to be looked at. */
function plainText(email: Email): string | null {
  if (email.text !== undefined && email.text.trim() !== '' && !/^\s*<(?:!doctype|html|head|body)\b/i.test(email.text))
    return email.text
  const html = email.html ?? email.text ?? ''
  if (html.length > maxHtmlChars) return null
  return convert(html, {
    wordwrap: false,
    limits: { maxDepth: maxHtmlDepth, ellipsis: '' },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'blockquote', format: 'skip' },
      { selector: 'div.gmail_quote', format: 'skip' },
    ],
  })
}

function docIdOf(email: Email, bytes: Buffer): string {
  const messageId = email.messageId?.replaceAll(/[<>\s]/g, '')
  return messageId || createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}
