import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fixturePath } from './harness/fixture.mjs'

const root = join(import.meta.dirname, '..')
/** The runtimes of `npm run test:runtimes`. */
const runtimes = join('test', 'runtimes')
const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 'inherit'] })

/** Installs the other libraries if they are missing or older than the lock file. */
export function installRivals() {
  install(join('bench', 'rivals'))
}

/** Installs Node 24, Deno and Bun, which are packages as well. */
export function installRuntimes() {
  install(runtimes)
}

function install(folder) {
  const installed = join(root, folder, 'node_modules', '.package-lock.json')
  const lock = join(root, folder, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  run('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'])
}

/** The command that runs a module in a runtime. */
export function runtimeCommand(runtime = 'node') {
  if (runtime === 'node') return [process.execPath]
  const command = (name) => join(root, runtimes, 'node_modules', '.bin', name)
  if (runtime === 'node24') return [command('node')]
  return runtime === 'deno' ? [command('deno'), 'run', '--allow-all'] : [command('bun')]
}

/** Builds dist if a source file is newer. */
export function buildLibrary() {
  const built = join(root, 'dist', 'index.js')
  const youngest = Math.max(
    ...readdirSync(join(root, 'src'), { recursive: true }).map((file) => statSync(join(root, 'src', file)).mtimeMs),
  )
  if (!existsSync(built) || statSync(built).mtimeMs < youngest) run('npm', ['run', '--silent', 'build'])
}

/** Mints certificates if they are missing. They are cached, because minting a hundred thousand takes minutes. */
export function mintFixture(name) {
  const file = fixturePath(name)
  if (existsSync(file)) return
  console.error(`minting ${name} (cached for later runs)`)
  run(process.execPath, ['--import', 'tsx', join('bench', 'fixtures', 'make.ts'), name, file])
}

/** The versions of everything that is compared. */
export function versions() {
  const versionIn = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version
  const rivals = ['asn1js', 'pkijs', '@peculiar/x509', 'node-forge', 'jsrsasign']
  return {
    portcullis: versionIn('.'),
    ...Object.fromEntries(['@noble/curves', '@noble/hashes'].map((name) => [name, versionIn(`node_modules/${name}`)])),
    ...Object.fromEntries(
      rivals
        .map((name) => [name, `bench/rivals/node_modules/${name}`])
        .filter(([, folder]) => existsSync(join(root, folder)))
        .map(([name, folder]) => [name, versionIn(folder)]),
    ),
  }
}
