import type { Row } from './output-rows.ts'
import type { Resolved } from './read-references.ts'
import type { Verdict } from './report.ts'
import { areNearCopies } from './shingles.ts'
import type { SourceTexts } from './source-texts.ts'

/** METHOD "What must never happen", 3: a near-copy of d_t inside its own entries. A request has no d_t. */
export function checkNearCopies(row: Row, { target, documents }: Resolved, texts: SourceTexts): Verdict {
  if (row.kind === 'author-distinction' || target?.kind !== 'document') return { checked: 0, reasons: [] }
  const shingles = texts.read(target.body).shingles()
  const compared = new Set<string>()
  const reasons: string[] = []
  row.entries.forEach(({ docId }, index) => {
    const source = documents[index]
    // The target itself is what `checkPast` looks for.
    if (source == null || docId === row.docId || compared.has(docId)) return
    compared.add(docId)
    if (areNearCopies(shingles, texts.read(source.body).shingles())) {
      reasons.push(`entries[${index}] (${docId}) is of a near-copy of the target`)
    }
  })
  return { checked: compared.size, reasons }
}
