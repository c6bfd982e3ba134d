import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { folder, outputOf, root } from './command.mjs'

/** Installs the runtimes of test/runtimes if they are missing or older than the lock file. */
export function installRuntimes() {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  const lock = join(folder, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  console.log('installing the runtimes of test/runtimes (about 1 GB, only once)')
  outputOf('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--prefer-offline'])
}

/** Installs the packed package into a new folder, as a user would, and copies the suite there. */
export function makeConsumer(work) {
  outputOf('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work], { cwd: root })
  const tarball = readdirSync(work).find((file) => file.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('the package could not be packed')
  const consumer = join(work, 'consumer')
  mkdirSync(consumer)
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n')
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  outputOf('npm', ['install', ...quietly, join(work, tarball)], { cwd: consumer })
  cpSync(join(folder, 'suite'), join(consumer, 'suite'), { recursive: true })
  const fixtures = join(consumer, 'fixtures.json')
  const certificates = join(consumer, 'certificates')
  mkdirSync(certificates)
  outputOf(process.execPath, ['--import', 'tsx', join(folder, 'fixtures.ts'), fixtures, certificates], { cwd: root })
  return { consumer, fixtures, certificates }
}

/**
 * Bundles a module and its imports into one file, for runtimes without a file system. It adds no polyfills, so an import of a
 * Node module fails here.
 */
export async function bundle(entry, outfile) {
  const options = { bundle: true, format: 'esm', target: 'es2022', platform: 'neutral', logLevel: 'silent' }
  await build({ entryPoints: [entry], outfile, ...options })
  return outfile
}
