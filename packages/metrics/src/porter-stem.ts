/**
 * The suffix stripper of Porter (1980), "An algorithm for suffix stripping", with the departures from it that NLTK's
 * `PorterStemmer` makes by default (its NLTK_EXTENSIONS mode) and that rouge-score therefore makes as well. No package on npm
 * has them: the plain algorithm gives another stem for 2 % of the words of the spam-assassin mails.
 */

/** [suffix, replacement]; the first suffix of a list that the word ends with decides, so the longer ones stand first. */
type Rule = readonly [suffix: string, replacement: string]

/** NLTK: stems that no rule gives. */
const irregular = new Map([
  ['sky', 'sky'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['innings', 'inning'],
  ['inning', 'inning'],
  ['outings', 'outing'],
  ['outing', 'outing'],
  ['cannings', 'canning'],
  ['canning', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
])

const plurals: Rule[] = [
  ['sses', 'ss'],
  ['ies', 'i'],
  ['ss', 'ss'],
  ['s', ''],
]

/** Step 2, for stems of measure > 0. NLTK: "bli" for the paper's "abli", and "fulli". */
const doubleSuffixes: Rule[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['fulli', 'ful'],
]

/** Step 3, for stems of measure > 0. */
const adjectiveSuffixes: Rule[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
]

/** Step 4, for stems of measure > 1. */
const endings = 'al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize'
  .split(' ')
  .map((suffix): Rule => [suffix, ''])

/** @param word lower case */
export function porterStem(word: string): string {
  if (word.length <= 2) return word
  return irregular.get(word) ?? step5(step4(step3(step2(step1c(step1b(step1a(word)))))))
}

function step1a(word: string): string {
  if (word.length === 4 && word.endsWith('ies')) return word.slice(0, -1)
  return replaceSuffix(word, plurals, () => true)
}

function step1b(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2)
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  const stem = word.endsWith('ed') ? word.slice(0, -2) : word.endsWith('ing') ? word.slice(0, -3) : ''
  return shapeOf(stem).includes('v') ? restoreEnding(stem) : word
}

function restoreEnding(stem: string): string {
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`
  const shape = shapeOf(stem)
  if (shape.endsWith('c') && stem.length > 1 && stem.at(-1) === stem.at(-2)) {
    return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1)
  }
  return measure(stem) === 1 && endsInShortSyllable(stem) ? `${stem}e` : stem
}

/** NLTK: only after a consonant, so that "enjoy" keeps its y; and also without a vowel before it ("fly", "flies"). */
function step1c(word: string): string {
  const stem = word.slice(0, -1)
  return word.endsWith('y') && stem.length > 1 && shapeOf(stem).endsWith('c') ? `${stem}i` : word
}

function step2(word: string): string {
  if (word.endsWith('alli') && measure(word.slice(0, -4)) > 0) return step2(word.slice(0, -2))
  if (word.endsWith('logi')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  return replaceSuffix(word, doubleSuffixes, (stem) => measure(stem) > 0)
}

function step3(word: string): string {
  return replaceSuffix(word, adjectiveSuffixes, (stem) => measure(stem) > 0)
}

function step4(word: string): string {
  return replaceSuffix(word, endings, (stem, suffix) => measure(stem) > 1 && (suffix !== 'ion' || /[st]$/.test(stem)))
}

function step5(word: string): string {
  let stem = word
  if (word.endsWith('e')) {
    const bare = word.slice(0, -1)
    const syllables = measure(bare)
    if (syllables > 1 || (syllables === 1 && !endsInShortSyllable(bare))) stem = bare
  }
  return stem.endsWith('ll') && measure(stem.slice(0, -1)) > 1 ? stem.slice(0, -1) : stem
}

function replaceSuffix(word: string, rules: Rule[], applies: (stem: string, suffix: string) => boolean): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix))
  if (rule === undefined) return word
  const [suffix, replacement] = rule
  const stem = word.slice(0, word.length - suffix.length)
  return applies(stem, suffix) ? stem + replacement : word
}

/** A letter a letter: `v` for a, e, i, o, u and for a y after a consonant; `c` for the rest. */
function shapeOf(stem: string): string {
  let shape = ''
  let vowel = true
  for (const letter of stem) {
    vowel = letter === 'y' ? !vowel : 'aeiou'.includes(letter)
    shape += vowel ? 'v' : 'c'
  }
  return shape
}

/** The paper's m: how often a vowel is followed by a consonant. */
function measure(stem: string): number {
  return shapeOf(stem).split('vc').length - 1
}

/** The paper's *o: consonant, vowel, consonant other than w, x, y. NLTK: also a vowel and a consonant that are the whole stem. */
function endsInShortSyllable(stem: string): boolean {
  const shape = shapeOf(stem)
  return shape === 'vc' || (shape.endsWith('cvc') && !/[wxy]$/.test(stem))
}
