// From a bare clone to a running task: `node infra/bootstrap.mjs demo|test|bench|faults [arguments]`.
// Plain JavaScript that old versions of Node can read, since nothing is installed and nothing is checked yet.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tasks = { demo, test, bench, faults }

function fail(message) {
  console.error(message)
  process.exit(2)
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

function checkNode() {
  const needed = readJson('package.json').engines.node.replace('>=', '')
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number)
  const [major, minor] = needed.split('.').map(Number)
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return
  fail(`Idiolect needs Node ${needed} or later; this is Node ${process.versions.node}.`)
}

/** Runs a program in the root and gives its exit code; Ctrl-C reaches it through the terminal, so we only wait for it. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    const wait = () => undefined
    const forward = () => child.kill('SIGTERM')
    process.on('SIGINT', wait)
    process.on('SIGTERM', forward)
    let output = ''
    if (child.stdout) child.stdout.on('data', (chunk) => (output += chunk))
    const end = (code) => {
      process.off('SIGINT', wait)
      process.off('SIGTERM', forward)
      resolve({ code, output })
    }
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`)
      end(1)
    })
    child.on('close', (code) => end(code === null ? 1 : code))
  })
}

function runTypeScript(file, args, options) {
  return run(process.execPath, ['--import', 'tsx', file, ...args], options)
}

function runTool(name, args) {
  return run(join(root, 'node_modules', '.bin', name), args)
}

/** Whether what npm last installed here is what the lock file asks for. Packages for other platforms are optional in both. */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false
  const installed = readJson('node_modules/.package-lock.json').packages
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/') || wanted.optional) return true
    return installed[path] !== undefined && installed[path].version === wanted.version
  })
}

async function install() {
  if (isInstalled()) return
  console.error('Installing the packages that package-lock.json names (once, about a minute) …')
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  if ((await run('npm', ['ci', ...quiet])).code === 0) return
  // A registry that lacks a package of another platform makes `npm ci` refuse the lock file.
  console.error('npm ci did not work here; trying npm install, which keeps to the same versions …')
  const { code } = await run('npm', ['install', '--no-save', ...quiet])
  if (code !== 0) fail('The packages could not be installed: see what npm says above. Is its registry reachable?')
}

async function demo(args) {
  return (await runTypeScript('infra/demo.ts', args)).code
}

/** The long storm of faults: `--minutes N --seed N`. */
async function faults(args) {
  return (await runTypeScript('tests/faults/main.ts', args)).code
}

/** Every check and every test; the last line is `N passed, N failed`. Arguments go to vitest. */
async function test(args) {
  const checks = [
    ['biome check .', () => runTool('biome', ['check', '.'])],
    ['tsc --noEmit', () => runTool('tsc', ['--noEmit'])],
    ['knip', () => runTool('knip', [])],
    ['check-licences', () => run(process.execPath, ['infra/check-licences.mjs'])],
  ]
  let passed = 0
  let failed = 0
  for (const [name, check] of checks) {
    console.log(`\n${name}`)
    const { code } = await check()
    if (code === 0) passed += 1
    else failed += 1
  }
  await provideBrowser()
  const tests = await runTests(args)
  passed += tests.passed
  failed += tests.failed
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** The pages are tested in Debian's Chromium too; where it is not to be had, those tests are skipped and say so. */
async function provideBrowser() {
  const isRoot = process.getuid !== undefined && process.getuid() === 0
  if (existsSync('/usr/bin/chromium') || !existsSync('/usr/bin/apt-get') || !isRoot) return
  console.error('Installing Chromium from Debian for the tests of the pages (once) …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' }
  const apt = (...args) => run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { stdio: 'ignore', env })
  const install = () => apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core')
  if ((await install()).code === 0) return
  // The list of packages may be missing or name versions that are gone.
  await apt('update')
  if ((await install()).code !== 0) console.error('Chromium could not be installed here.')
}

async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'idiolect-test-'))
  const file = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const { code } = await runTool('vitest', ['run', ...reporters, ...args])
    if (!existsSync(file)) return { passed: 0, failed: 1 }
    const report = JSON.parse(readFileSync(file, 'utf8'))
    // A file that cannot be loaded has no tests to count, and an error outside of a test only shows in the exit code.
    const unloadable = report.testResults.filter(
      (each) => each.status === 'failed' && each.assertionResults.length === 0,
    )
    const failed = report.numFailedTests + unloadable.length
    return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The benchmarks are the files of bench/ that print a report; the others are parts of theirs. */
function benchmarks() {
  return readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.ts') && readFileSync(join(root, 'bench', file), 'utf8').includes("'./report.ts'"))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
}

/** Every benchmark in turn, or those that are named; `--json` prints one object, with a list of reports a benchmark. */
async function bench(args) {
  const json = args.includes('--json')
  const all = benchmarks()
  const named = args.filter((each) => !each.startsWith('-'))
  const unknown = named.filter((name) => !all.includes(name))
  if (unknown.length > 0) fail(`There is no benchmark ${unknown.join(', ')}. There are: ${all.join(', ')}.`)
  const results = {}
  let worst = 0
  for (const name of named.length > 0 ? named : all) {
    const options = json ? { stdio: ['inherit', 'pipe', 'inherit'] } : {}
    const { code, output } = await runTypeScript(`bench/${name}.ts`, json ? ['--json'] : [], options)
    worst = Math.max(worst, code)
    const reports = output.split('\n').filter((line) => line.startsWith('{'))
    if (json) results[name] = reports.map((line) => JSON.parse(line))
  }
  if (json) console.log(JSON.stringify(results, null, 2))
  return worst
}

const [name, ...args] = process.argv.slice(2)
if (!Object.hasOwn(tasks, name ?? ''))
  fail(`Usage: node infra/bootstrap.mjs ${Object.keys(tasks).join('|')} [arguments]`)
checkNode()
await install()
process.exitCode = await tasks[name](args)
