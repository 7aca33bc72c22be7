import { drawFor } from '@idiolect/contracts/split'

import { type Embed, embedAlone, type TargetProfile } from './author-profiles.ts'
import type { ComparedRow } from './compared-row.ts'
import { continuation } from './continuation.ts'

/** Whether a text is nearer to its author's past than to the pasts of others. */
export type AuthorshipScore = {
  /** Cosine to the own past - mean cosine to the others': -2 … 2. */
  score: number
  /** Share of the others that the own past is nearer than, ties half: 0 … 1, and 0.5 by chance. */
  auc: number
}

export type Authorship = {
  /** What each method's texts got, by target id. */
  methods: Map<string, Map<string, AuthorshipScore>>
  /** What the true continuations get, by target id: as good as it gets. */
  truth: Map<string, AuthorshipScore>
  /** What another author's true continuation gets in a target's place: by construction 0.5 on average. */
  stranger: Map<string, AuthorshipScore>
  /** Others that a text is compared with, at most. */
  negatives: number
}

export type AuthorshipScorer = { add(row: ComparedRow): Promise<void>; end(): Promise<Authorship> }

const maxNegatives = 20
const rowsAtOnce = 32

/** The pasts of others stand for their authors at each one's first target. null with fewer than two authors. */
export function authorshipScorer(
  profiles: ReadonlyMap<string, TargetProfile>,
  { embed, seed }: { embed: Embed; seed: number },
): AuthorshipScorer | null {
  const firsts = new Map<string, TargetProfile>()
  for (const profile of profiles.values()) if (!firsts.has(profile.userId)) firsts.set(profile.userId, profile)
  const authors = [...firsts.values()]
  if (authors.length < 2) return null

  const methods = new Map<string, Map<string, AuthorshipScore>>()
  const targetIds = new Set<string>()
  let waiting: ComparedRow[] = []

  async function flush(): Promise<void> {
    const rows = waiting
    waiting = []
    const texts = rows.map(({ output, context }) => continuation(output, context))
    const vectors = await embedAlone(texts, embed)
    for (const [index, { targetId, method }] of rows.entries()) {
      const { past, userId } = profiles.get(targetId)!
      const others = drawNegatives(authors, { targetId, userId, seed })
      const ofMethod = methods.get(method) ?? new Map<string, AuthorshipScore>()
      methods.set(method, ofMethod.set(targetId, scoreAuthorship(vectors[index]!, past, pastsOf(others))))
    }
  }

  return {
    async add(row) {
      if (!profiles.has(row.targetId)) return
      targetIds.add(row.targetId)
      waiting.push(row)
      if (waiting.length >= rowsAtOnce) await flush()
    },
    async end() {
      await flush()
      const truth = new Map<string, AuthorshipScore>()
      const stranger = new Map<string, AuthorshipScore>()
      for (const targetId of targetIds) {
        const own = profiles.get(targetId)!
        const others = drawNegatives(authors, { targetId, userId: own.userId, seed })
        if (own.truth !== null) truth.set(targetId, scoreAuthorship(own.truth, own.past, pastsOf(others)))
        // Its author's own past would be nearer than anybody's, so that it is no negative here.
        const [writer, ...rest] = others
        if (writer!.truth !== null && rest.length > 0) {
          stranger.set(targetId, scoreAuthorship(writer!.truth, own.past, pastsOf(rest)))
        }
      }
      return { methods, truth, stranger, negatives: Math.min(maxNegatives, authors.length - 1) }
    },
  }
}

/** Drawn by the target, not by the method: at most `maxNegatives` other authors, the same ones each time. */
export function drawNegatives<Candidate extends { userId: string }>(
  authors: readonly Candidate[],
  { targetId, userId, seed }: { targetId: string; userId: string; seed: number },
): Candidate[] {
  const wanted = Math.min(maxNegatives, authors.length - 1)
  const drawn = new Set<Candidate>()
  for (let attempt = 0; drawn.size < wanted; attempt += 1) {
    const candidate = authors[Math.floor(drawFor([seed, 'negative', targetId, attempt]) * authors.length)]!
    if (candidate.userId !== userId) drawn.add(candidate)
  }
  return [...drawn]
}

/** @param text null for an empty text, which is as far from everybody */
export function scoreAuthorship(
  text: Float32Array | null,
  own: Float32Array,
  others: readonly Float32Array[],
): AuthorshipScore {
  if (text === null) return { score: 0, auc: 0.5 }
  const ownSimilarity = cosine(text, own)
  let [sum, farther] = [0, 0]
  for (const other of others) {
    const similarity = cosine(text, other)
    sum += similarity
    if (similarity < ownSimilarity) farther += 1
    else if (similarity === ownSimilarity) farther += 0.5
  }
  return { score: ownSimilarity - sum / others.length, auc: farther / others.length }
}

function pastsOf(authors: readonly TargetProfile[]): Float32Array[] {
  return authors.map(({ past }) => past)
}

/** Of unit vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at += 1) sum += a[at]! * b[at]!
  return sum
}
