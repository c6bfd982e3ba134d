import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/**
 * `npm run check`: all checks besides the tests, one line each. A check that cannot run fails. Arguments select the checks
 * whose names contain one of them.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const work = mkdtempSync(join(tmpdir(), 'portcullis-check-'))
const slowest = 300_000

const mostLines = 60

const lockFilePaths = ['package-lock.json', 'bench/rivals/package-lock.json', 'test/runtimes/package-lock.json']

/**
 * attw reports these for every package of ES modules that supports `require`. The first says that `require` cannot load ES
 * modules; Node can since 20.19. The second objects to CommonJS declarations, which TypeScript needs with `module: node16`.
 */
const knownOfTypes = ['cjs-resolves-to-esm', 'false-cjs']

/** In order: later checks use the output of the build and the packed files. A check may return a note to print. */
const checks = {
  'build with declarations (npm run build)': buildWithDeclarations,
  'types of the library (tsc)': () => run('tsc', '-p', 'tsconfig.json'),
  'types of the code that needs Node (tsc)': () => run('tsc', '-p', 'tsconfig.runtime.json'),
  'types of tests and tools (tsc)': () => run('tsc', '-p', 'tsconfig.node.json'),
  'style (biome)': () => run('biome', 'check', '--diagnostic-level=warn', '--error-on-warnings'),
  'architecture (vitest)': () => run('vitest', 'run', '--project', 'package', 'test/architecture.test.ts'),
  'unused code and dependencies (knip)': () => run('knip', '--no-progress'),
  'generated documents (tools/docs.ts)': () => run('tsx', 'tools/docs.ts', '--check'),
  'generated kernels (tools/generate-kernels.ts)': () => run('tsx', 'tools/generate-kernels.ts', '--check'),
  'performance page (bench/docs.mjs)': () => execute(process.execPath, ['bench/docs.mjs', '--check'], root),
  'API reference without warnings (typedoc)': () => run('typedoc', '--out', join(work, 'api')),
  'lock files are complete and name no registry': lockFiles,
  'packed files (npm pack)': tarball,
  'package metadata (publint)': metadata,
  'package types (attw)': () => run('attw', packed(), '--profile', 'strict', '--ignore-rules', ...knownOfTypes),
  'fields that the publisher fills in (package.json)': publisherFields,
  'package loads by import and by require, and runs by npx': loads,
  'bundle size (size-limit)': bundleSize,
  'speed in multiples of yardsticks (bench/guard.ts)': () => run('tsx', 'bench/guard.ts'),
}

class CheckFailure extends Error {}

/** Runs a tool from node_modules/.bin. Its output is printed only if it fails. */
function run(tool, ...args) {
  outputOf(tool, ...args)
}

function outputOf(tool, ...args) {
  const path = join(root, 'node_modules', '.bin', tool)
  if (!existsSync(path)) throw new CheckFailure(`${tool} is not installed: run npm ci`)
  return execute(path, args, root)
}

function execute(command, args, cwd) {
  const env = { ...process.env, CI: 'true', NO_COLOR: '1', FORCE_COLOR: undefined }
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: slowest })
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim()
  if (done.error !== undefined) throw new CheckFailure(`${command} could not run: ${done.error.message}\n${output}`)
  if (done.status !== 0) throw new CheckFailure(`${output}\n(exit ${done.status ?? done.signal})`)
  return output
}

/**
 * By default npm writes the URLs of your registry into lock files. It also omits optional packages (builds for other
 * platforms) that your registry does not have; `npm ci` then rejects the file.
 */
function lockFiles() {
  const faults = []
  for (const file of lockFilePaths.filter((name) => existsSync(join(root, name)))) {
    const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'))
    for (const [path, { resolved = '', optionalDependencies = {} }] of Object.entries(packages)) {
      if (/^[a-z+]+:\/\//.test(resolved)) faults.push(`${file}: ${path} has "resolved": remove it`)
      for (const name of Object.keys(optionalDependencies)) {
        const isLocked = [`node_modules/${name}`, `${path}/node_modules/${name}`].some(
          (place) => packages[place]?.version !== undefined,
        )
        if (!isLocked) faults.push(`${file}: ${name} is missing: add its version, os and cpu`)
      }
    }
  }
  if (faults.length > 0) throw new CheckFailure(faults.join('\n'))
}

/** The targets of `exports` in package.json. A failed build of the declarations can leave JavaScript without types. */
function exportedFiles() {
  const filesOf = (target) => (typeof target === 'string' ? [target.replace('./', '')] : Object.values(target).flatMap(filesOf))
  return filesOf(manifest.exports)
}

/** The commands of the package and their files. */
function programs() {
  return Object.entries(manifest.bin)
}

function buildWithDeclarations() {
  execute('npm', ['run', '--silent', 'build'], root)
  for (const file of [...exportedFiles(), ...programs().map(([, file]) => file)]) {
    const text = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : ''
    if (text.length === 0) throw new CheckFailure(`${file} was not built`)
    if (/\.d\.c?ts$/.test(file) && !/^export /m.test(text)) throw new CheckFailure(`${file} declares no exports`)
  }
}

/** Packs as for publication, but without another build, and checks the list of packed files. */
function tarball() {
  execute('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work], root)
  execute('tar', ['-xzf', packed(), '-C', work], work)
  const files = readdirSync(join(work, 'package'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(work, 'package').length + 1))
  const missing = ['LICENSE', 'README.md', 'CHANGELOG.md', ...exportedFiles(), ...programs().map(([, file]) => file)].filter(
    (file) => !files.includes(file),
  )
  if (missing.length > 0) throw new CheckFailure(`not in the package: ${missing.join(', ')}`)
  const allowed =
    /^(dist\/((node|constants)\/)?[^/]+\.(js|js\.map|d\.c?ts)|docs\/.*\.(md|svg)|examples\/.*|(LICENSE|[A-Z]+\.md|package\.json))$/
  const unexpected = files.filter((file) => !allowed.test(file))
  if (unexpected.length > 0) throw new CheckFailure(`should not be in the package: ${unexpected.join(', ')}`)
}

function packed() {
  const name = readdirSync(work).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new CheckFailure('the package could not be packed')
  return join(work, name)
}

async function metadata() {
  const { messages } = await publint({ pkgDir: join(work, 'package'), pack: false, strict: true })
  const faults = messages.filter(
    // The declarations for `require` (tools/require-types.mjs) have no default export, so nothing is ambiguous.
    ({ code, path }) => code !== 'EXPORTS_TYPES_INVALID_FORMAT' || path.at(-1) !== 'require',
  )
  if (faults.length > 0) throw new CheckFailure(faults.map((fault) => formatMessage(fault, manifest)).join('\n'))
}

/** Lists missing fields without failing: see "Publish" in CONTRIBUTING.md. */
function publisherFields() {
  const missing = ['repository', 'homepage', 'bugs'].filter((field) => manifest[field] === undefined)
  return missing.length === 0 ? '' : `still missing: ${missing.join(', ')}`
}

/** One function that each entry of `exports` in package.json must have. */
const entryFunctions = {
  '.': 'verifyChain',
  './headers': 'verifyRequest',
  './import': 'importBundle',
  './inspect': 'renderText',
  './node': 'nodeSignatures',
}

/** The entries share their modules: one must accept a truststore that another one built. */
const sharing = `
  import { writeFileSync } from 'node:fs'
  import { rootCertificates } from 'node:tls'
  import { diffTruststores } from '${manifest.name}'
  import { fileTruststore } from '${manifest.name}/node'
  writeFileSync('roots.pem', rootCertificates.join('\\n'))
  const source = await fileTruststore('roots.pem')
  diffTruststores(source.current, source.current)`

/** Installs the packed files next to their dependencies, then loads them with `import` and with `require`. */
function loads() {
  packed()
  const modules = join(work, 'consumer', 'node_modules')
  mkdirSync(modules, { recursive: true })
  // A copy, because Node resolves the dependencies of a program from the real path of its file.
  cpSync(join(work, 'package'), join(modules, manifest.name), { recursive: true })
  for (const dependency of dependenciesBelow(manifest)) {
    mkdirSync(dirname(join(modules, dependency)), { recursive: true })
    symlinkSync(join(root, 'node_modules', dependency), join(modules, dependency), 'dir')
  }
  const preserve = '--preserve-symlinks'
  const cwd = join(work, 'consumer')
  for (const [entry, name] of Object.entries(entryFunctions)) {
    const use = `if (typeof p.${name} === 'undefined' || 'default' in p) throw new Error('exports: ' + Object.keys(p))`
    const specifier = join(manifest.name, entry)
    execute(process.execPath, [preserve, '--input-type=module', '-e', `import * as p from '${specifier}'; ${use}`], cwd)
    execute(process.execPath, [preserve, '--input-type=commonjs', '-e', `const p = require('${specifier}'); ${use}`], cwd)
  }
  execute(process.execPath, [preserve, '--input-type=module', '-e', sharing], cwd)
  runs(modules, cwd)
}

/** The packages that a package needs at run time, directly or indirectly. */
function dependenciesBelow({ dependencies = {} }, known = new Set()) {
  for (const name of Object.keys(dependencies).filter((dependency) => !known.has(dependency))) {
    known.add(name)
    dependenciesBelow(JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')), known)
  }
  return known
}

/** Runs each program as `npx` does: through a link in node_modules/.bin, using its `#!` line. */
function runs(modules, cwd) {
  mkdirSync(join(modules, '.bin'))
  for (const [name, file] of programs()) {
    const target = join(modules, manifest.name, file)
    // npm does this when it installs.
    chmodSync(target, 0o755)
    symlinkSync(target, join(modules, '.bin', name))
    const version = execute(join(modules, '.bin', name), ['--version'], cwd)
    if (version !== manifest.version) throw new CheckFailure(`${name} --version printed ${version}`)
    const rules = JSON.parse(execute('npx', ['--no-install', name, 'rules', '--format', 'json'], cwd))
    if (!Array.isArray(rules) || rules.length === 0) throw new CheckFailure(`${name} rules printed no rules`)
  }
}

function bundleSize() {
  const sizes = JSON.parse(outputOf('size-limit', '--json'))
  return sizes.map(({ name, size }) => `${(size / 1000).toFixed(1)} kB: ${name}`).join('; ')
}

function indent(text) {
  const lines = text.split('\n')
  const rest = lines.length > mostLines ? [`(${lines.length - mostLines} more lines)`] : []
  return [...lines.slice(0, mostLines), ...rest].map((line) => `    ${line}`).join('\n')
}

const wanted = process.argv.slice(2)
const names = Object.keys(checks).filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
let failed = 0
try {
  for (const name of names) {
    const start = performance.now()
    let note = ''
    let failure
    try {
      note = (await checks[name]()) ?? ''
    } catch (error) {
      failure = error instanceof CheckFailure ? error.message : String(error?.stack ?? error)
      failed++
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${failure === undefined ? 'ok    ' : 'FAILED'} ${name}  ${seconds} s${note === '' ? '' : `  ${note}`}`)
    if (failure !== undefined) console.log(indent(failure))
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
const passed = names.length - failed
if (names.length === 0) {
  console.log(`no check matches ${wanted.join(', ')}`)
  failed = 1
}
console.log(`${passed} checks passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
