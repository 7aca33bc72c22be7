import type { Author, Document } from '@idiolect/contracts/records'
import { cutText } from '@idiolect/text/cut-text'
import { documentText } from '@idiolect/text/document-text'

import { continuation } from './continuation.ts'

/** Unit vectors, a row a text, in the order of the texts. */
export type Embed = (texts: string[]) => Promise<Float32Array[]>

/** What the authorship score knows of a target: some 3 KB at 384 dimensions. */
export type TargetProfile = {
  userId: string
  /** The author's past: the direction of the mean of its documents' unit vectors. */
  past: Float32Array
  /** What the author went on to write; null where that is unknown or empty. */
  truth: Float32Array | null
}

/** Of the past, so that a profile is of the author now and costs the same for every target. */
const profileDocuments = 10

/** What a sentence encoder reads of a text (MiniLM: 256 tokens). */
const profileChars = 1000

/** So that a server has something to batch. */
const callsAtOnce = 8

/**
 * The text's first `profileChars` embedded, each text in a call of its own: a q8 model's vector depends on the other texts of its
 * call (cosine 0.973 and up, of 200 mails), and no method's score may depend on what it is compared with. It costs nothing
 * (7.8 s for these mails both ways). null for an empty text, which is like nobody's.
 */
export async function embedAlone(texts: string[], embed: Embed): Promise<(Float32Array | null)[]> {
  const vectors: (Float32Array | null)[] = []
  for (let from = 0; from < texts.length; from += callsAtOnce) {
    const calls = texts.slice(from, from + callsAtOnce).map(async (text) => {
      const shown = cutText(text.trim(), profileChars)
      return shown === '' ? null : (await embed([shown]))[0]!
    })
    vectors.push(...(await Promise.all(calls)))
  }
  return vectors
}

/** The profiles of all targets by target id, in the authors' order. `authors` gives each target once, with its own id. */
export async function readProfiles(authors: AsyncIterable<Author>, embed: Embed): Promise<Map<string, TargetProfile>> {
  const profiles = new Map<string, TargetProfile>()
  for await (const { userId, documents, targets } of authors) {
    const pastOf = await embedPasts(documents, targets, embed)
    const truths = targets.map(({ reference = '', context }) => continuation(reference, context))
    const truthVectors = await embedAlone(truths, embed)
    for (const [index, { id, history }] of targets.entries()) {
      profiles.set(id, { userId, past: pastOf(history), truth: truthVectors[index]! })
    }
  }
  return profiles
}

type Range = readonly [from: number, to: number]

/** Embeds once what any of the targets looks back on. */
async function embedPasts(
  documents: Document[],
  targets: { history: Range }[],
  embed: Embed,
): Promise<(history: Range) => Float32Array> {
  const placesOf = ([from, to]: Range) =>
    documents.map((_, place) => place).slice(Math.max(from, to - profileDocuments), to)
  const needed = [...new Set(targets.flatMap(({ history }) => placesOf(history)))]
  const vectors = await embedAlone(
    needed.map((place) => documentText(documents[place]!)),
    embed,
  )
  const byPlace = new Map(needed.map((place, index) => [place, vectors[index]!]))
  return (history) => meanDirection(placesOf(history).flatMap((place) => byPlace.get(place) ?? []))
}

/** The mean of unit vectors at length 1. */
function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0)
  for (const vector of vectors) for (const [at, value] of vector.entries()) sum[at]! += value
  const length = Math.hypot(...sum)
  return Float32Array.from(sum, (value) => (length === 0 ? 0 : value / length))
}
