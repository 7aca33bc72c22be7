import { sentences } from '@idiolect/text/sentences'

import { type Choice, chanceOf, type TargetChoices } from './choice-scores.ts'
import { bestThatFit, chooseSnippets, snippetProbabilities } from './choose-snippets.ts'
import type { Selector } from './selector.ts'
import type { SummaryRow } from './training-rows.ts'

/** What each method chooses for a row of `summary`: similarity and chance as many snippets as the trained selector, to the same limit. */
export function summaryChoices(row: SummaryRow, options: { selector: Selector; maxChars: number }): TargetChoices {
  const { selector, maxChars } = options
  const { userId, snippets } = row
  const target = { ...row, entrySnippets: snippets }
  const similarities = snippets.map(({ contextSimilarity }) => contextSimilarity)
  const labelled = new Set(row.chosen)
  const within = (limit: number) => {
    const chosen = chooseSnippets(selector, target, limit)
    return {
      trained: choiceOf(chosen, row),
      similar: choiceOf(bestThatFit(snippets, similarities, limit).slice(0, chosen.length), row),
      chance: chanceOf(chosen.length, { candidates: snippets.length, labelled: labelled.size }),
    }
  }
  const capped = within(maxChars)
  const uncapped = within(Number.POSITIVE_INFINITY)
  return {
    userId,
    methods: {
      ...(row.summarySource.startsWith('SumCtxInd') ? { contextIndependent: quotedSnippets(row) } : {}),
      trained: capped.trained,
      contextSimilarity: capped.similar,
      chance: capped.chance,
      trainedUncapped: uncapped.trained,
      contextSimilarityUncapped: uncapped.similar,
      chanceUncapped: uncapped.chance,
    },
    probabilities: snippetProbabilities(selector, target),
    labels: Uint8Array.from(snippets, (_, index) => Number(labelled.has(index))),
  }
}

function choiceOf(chosen: readonly number[], row: SummaryRow): Choice {
  const labelled = new Set(row.chosen)
  const right = chosen.filter((index) => labelled.has(index))
  return {
    chosen: chosen.length,
    right: right.length,
    labelled: labelled.size,
    characters: {
      chosen: charactersOf(chosen, row),
      right: charactersOf(right, row),
      labelled: charactersOf([...labelled], row),
    },
  }
}

/** A snippet counts as chosen when it holds a sentence of the summary, white space apart. */
function quotedSnippets(row: SummaryRow): Choice {
  const summary = singleSpaced(row.summary)
  const quotes = sentences(summary).map(([start, end]) => summary.slice(start, end).trim())
  const texts = row.snippets.map((_, index) => singleSpaced(textOf(index, row)))
  const chosen = [...texts.keys()].filter((index) =>
    quotes.some((quote) => quote !== '' && texts[index]!.includes(quote)),
  )
  const labelled = new Set(row.chosen)
  const rightQuotes = quotes.filter((quote) => [...labelled].some((index) => texts[index]!.includes(quote)))
  return {
    chosen: chosen.length,
    right: chosen.filter((index) => labelled.has(index)).length,
    labelled: labelled.size,
    characters: {
      chosen: summary.length,
      right: rightQuotes.reduce((sum, quote) => sum + quote.length, 0),
      labelled: charactersOf([...labelled], row),
    },
  }
}

function charactersOf(indices: readonly number[], row: SummaryRow): number {
  return indices.reduce((sum, index) => sum + singleSpaced(textOf(index, row)).length, 0)
}

function textOf(index: number, { entries, snippets }: SummaryRow): string {
  const { entry, start, end } = snippets[index]!
  return entries[entry]!.text.slice(start, end)
}

function singleSpaced(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}
