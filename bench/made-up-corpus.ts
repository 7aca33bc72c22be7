import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const targetsAnAuthor = 8
/** Before the first target. */
const historyDocuments = 2
const textChars = 600
const vocabulary = 4_000

/** Words other than in any other document, some more often than others. */
function textOf(seed: number): string {
  let state = seed + 1
  let text = ''
  while (text.length < textChars) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const rank = Math.floor(vocabulary * (state / 2 ** 32) ** 3)
    text += `${text === '' || text.endsWith('. ') ? 'W' : 'w'}${rank.toString(36)}${state % 13 === 0 ? '. ' : ' '}`
  }
  return text
}

/** Documents that make so many targets with `targets.select=all`; `mark` is put before the text of the document with that number. */
export async function writeCorpus(path: string, targets: number, mark: (document: number) => string = () => '') {
  const ofAuthor = historyDocuments + targetsAnAuthor
  function* authors() {
    for (let author = 0; author < targets / targetsAnAuthor; author += 1) {
      const documents = Array.from({ length: ofAuthor }, (_, place) => {
        const number = author * ofAuthor + place
        return JSON.stringify({
          userId: `user-${author}`,
          docId: `document-${place}`,
          timestamp: 1_500_000_000 + place,
          text: mark(number) + textOf(number),
        })
      })
      yield `${documents.join('\n')}\n`
    }
  }
  await pipeline(Readable.from(authors()), createWriteStream(path))
}

/** Whether the document with this number becomes a target. */
export function isTarget(document: number): boolean {
  return document % (historyDocuments + targetsAnAuthor) >= historyDocuments
}
