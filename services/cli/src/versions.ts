import { readFileSync } from 'node:fs'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** What decides the bytes of the data files besides the configuration, the input and the models: ICU cuts the sentences. */
export const versions = { idiolect: version, node: process.versions.node, icu: process.versions.icu ?? 'none' }
