// Writes for every author what comes next, and prints it. The dashboard has to allow it, and workers have to be there:
//   npx idiolect dashboard --outputs results & npx idiolect worker embed rank summarize synthesize generate collect &
//   node --import tsx packages/client/example.ts documents.jsonl
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { connect, type Document } from '@idiolect/client/connect'

const { IDIOLECT_URL: url = 'http://127.0.0.1:8080', IDIOLECT_TOKEN: token } = process.env
const client = connect({ url, ...(token === undefined ? {} : { token }) })

/** Documents come from anywhere: a database, a queue, here a file. */
async function* documents(): AsyncGenerator<Document> {
  for await (const line of createInterface(createReadStream(process.argv[2]!))) yield JSON.parse(line)
}

const run = await client.enqueue(documents(), {
  name: 'example',
  config: { rank: { strategy: 'RankDocBM25' }, generate: { model: 'none' } },
})
for await (const row of run.results<{ userId: string; keyElements: string[] }>()) {
  console.log(`${row.userId}: ${row.keyElements.join(', ')}`)
}
const { committed, failed } = await run.wait()
console.log(`${committed - failed} done, ${failed} failed`)
