import adjectiveExceptions from 'wink-lexicon/src/wn-adjective-exceptions.js'
import nounExceptions from 'wink-lexicon/src/wn-noun-exceptions.js'
import verbExceptions from 'wink-lexicon/src/wn-verb-exceptions.js'

export const partsOfSpeech = ['noun', 'verb', 'adj', 'adv'] as const

export type PartOfSpeech = (typeof partsOfSpeech)[number]

/** An ending, and what the base form has in its place. */
type Detachment = readonly [ending: string, replacement: string]

type Inflection = { exceptions: Readonly<Record<string, string>>; detachments: readonly Detachment[] }

const ofAdjectives: Inflection = {
  exceptions: adjectiveExceptions,
  detachments: [
    ['er', ''],
    ['er', 'e'],
    ['est', ''],
    ['est', 'e'],
  ],
}

/**
 * The rules of WordNet's morphy(7WN). Of adverbs it knows seven inflected forms and no rule; the ways of the adjectives
 * give those (but `farther` and `further`), and `faster`, `later`, `sooner` and the like.
 */
const inflections: Record<PartOfSpeech, Inflection> = {
  noun: {
    exceptions: nounExceptions,
    detachments: [
      ['s', ''],
      ['ses', 's'],
      ['xes', 'x'],
      ['zes', 'z'],
      ['ches', 'ch'],
      ['shes', 'sh'],
      ['men', 'man'],
      ['ies', 'y'],
    ],
  },
  verb: {
    exceptions: verbExceptions,
    detachments: [
      ['s', ''],
      ['ies', 'y'],
      ['es', 'e'],
      ['es', ''],
      ['ed', 'e'],
      ['ed', ''],
      ['ing', 'e'],
      ['ing', ''],
    ],
  },
  adj: ofAdjectives,
  adv: ofAdjectives,
}

/**
 * What a word may be an inflected form of, the word itself included; whether such a word exists is not asked. As in
 * morphy an exception takes the place of the rules, which would make `custom` of `customer`. Where WordNet has two base
 * forms for an exception, `wink-lexicon` has one: `axis` is not found for `axes`, nor a second for forty rarer nouns.
 */
export function baseForms(word: string, partOfSpeech: PartOfSpeech): string[] {
  const { exceptions, detachments } = inflections[partOfSpeech]
  const irregular = exceptions[word]
  if (irregular !== undefined) return [word, irregular]
  const forms = [word]
  if (word.length <= 2 || word.endsWith('ss')) return forms
  for (const [ending, replacement] of detachments) {
    if (word.endsWith(ending) && word !== ending) forms.push(word.slice(0, -ending.length) + replacement)
  }
  return forms
}
