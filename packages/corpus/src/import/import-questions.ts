import { IdiolectError } from '@idiolect/contracts/errors'

import { parseDocument } from '../input/parse-record.ts'
import type { Fault } from '../rejects.ts'
import { type AuthorTimeline, createTimeline } from './author-timeline.ts'
import type { ImportFiles } from './import-files.ts'
import { nameField } from './name-field.ts'
import { type ItemLayout, readItem } from './profile-item.ts'

export interface Place {
  file: string
  line: number
}

/** A question of a benchmark: what is to be written, and what its author wrote before. */
export interface Question extends Place {
  id: string
  userId: string
  /** Whether other questions may be the same author's. */
  isShared: boolean
  context: string
  reference: string | undefined
  profile: readonly unknown[]
}

/** Invariant: questions + items + outputs = requests + documents + repeated + references + rejected. */
export interface QuestionCounts {
  questions: number
  requests: number
  /** Entries of profiles. */
  items: number
  documents: number
  /** Items that the author's profile of an earlier question held already. */
  repeated: number
  /** True texts. */
  outputs: number
  references: number
  rejected: number
}

interface QuestionImportOptions {
  files: ImportFiles
  layout: ItemLayout
}

export interface QuestionImport {
  counts: QuestionCounts
  reject(place: Place, fault: Fault): Promise<void>
  /** Rejects a record that is no question. */
  rejectQuestion(place: Place, fault: Fault): Promise<void>
  /** Whether it became a request. */
  question(question: Question): Promise<boolean>
}

/**
 * Enters questions into an import, one after the other. A request's time is a millisecond after the last of its own profile, so
 * that it sees nothing that only a later question of its author holds. Between questions only ids and times are kept.
 */
export function createQuestionImport({ files, layout }: QuestionImportOptions): QuestionImport {
  const counts = {
    questions: 0,
    requests: 0,
    items: 0,
    documents: 0,
    repeated: 0,
    outputs: 0,
    references: 0,
    rejected: 0,
  }
  const timelines = new Map<string, AuthorTimeline>()
  const requests = new Set<string>()

  async function reject(place: Place, fault: Fault): Promise<void> {
    counts.rejected += 1
    await files.reject({ file: place.file, line: place.line, ...fault })
  }

  function timelineOf({ userId, isShared }: Question): AuthorTimeline {
    const timeline = timelines.get(userId) ?? createTimeline()
    if (isShared) timelines.set(userId, timeline)
    return timeline
  }

  /** The time of the last item; -Infinity where none can be used. */
  async function enterProfile(question: Question): Promise<number> {
    const timeline = timelineOf(question)
    let last = Number.NEGATIVE_INFINITY
    for (const [index, item] of question.profile.entries()) {
      counts.items += 1
      const parsed = parseItem(item, question.userId, layout)
      if ('fault' in parsed) {
        await reject(question, { ...parsed.fault, reason: `profile[${index}]: ${parsed.fault.reason}` })
        continue
      }
      const { document, isDated } = parsed
      const known = timeline.timeOf(document.docId)
      const timestamp = known ?? timeline.enter(document.docId, isDated ? document.timestamp : undefined)
      last = Math.max(last, timestamp)
      if (known !== undefined) counts.repeated += 1
      else {
        counts.documents += 1
        await files.document({ ...document, timestamp })
      }
    }
    return last
  }

  async function enter(question: Question): Promise<Fault | null> {
    const { id, userId, context, reference } = question
    if (requests.has(id)) return { code: 'duplicate_id', reason: 'id stands for an earlier question' }
    const last = await enterProfile(question)
    if (!Number.isFinite(last)) return { code: 'no_history', reason: 'profile holds no document' }
    requests.add(id)
    counts.requests += 1
    await files.request({ requestId: id, userId, context, timestamp: last + 1 })
    if (reference !== undefined) {
      counts.references += 1
      await files.reference({ id, reference, context })
    }
    return null
  }

  return {
    counts,
    reject,
    rejectQuestion(place, fault) {
      counts.questions += 1
      return reject(place, fault)
    },
    async question(question) {
      counts.questions += 1
      const fault = await enter(question)
      if (fault !== null) await reject(question, fault)
      return fault === null
    },
  }
}

/** @throws IdiolectError `input_unusable` where there is no request */
export function requireRequests(
  { questions, requests }: QuestionCounts,
  paths: { path: string; rejects: string },
): void {
  if (requests > 0) return
  throw new IdiolectError(
    'input_unusable',
    `Input ${paths.path}: none of ${questions} questions is a request; see ${paths.rejects}`,
  )
}

function parseItem(item: unknown, userId: string, layout: ItemLayout) {
  const parts = readItem(item, layout)
  if (parts === null) {
    const names = layout.map(({ text }) => text).join(', ')
    return { fault: { code: 'missing_field' as const, reason: `none of ${names} is there` } }
  }
  const { docId, title, text, date = 0, keys } = parts
  const parsed = parseDocument({ userId, docId, timestamp: date, title, text })
  if ('fault' in parsed) return { fault: nameField(parsed.fault, keys) }
  return { document: parsed.record, isDated: parts.date !== undefined }
}
