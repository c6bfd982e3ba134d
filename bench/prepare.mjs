import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 'inherit'] })

/** Installs the rivals where they are missing or of other versions than locked. */
export function installRivals() {
  const folder = join('bench', 'rivals')
  const installed = join(root, folder, 'node_modules', '.package-lock.json')
  const lock = join(root, folder, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  run('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'])
}

/** Builds dist where a source is younger. */
export function buildLibrary() {
  const built = join(root, 'dist', 'index.js')
  const youngest = Math.max(
    ...readdirSync(join(root, 'src'), { recursive: true }).map((file) => statSync(join(root, 'src', file)).mtimeMs),
  )
  if (!existsSync(built) || statSync(built).mtimeMs < youngest) run('npm', ['run', '--silent', 'build'])
}

/** Mints the certificates: they must be valid now, so none are kept. */
export function mintFixtures() {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'))
  try {
    const file = join(folder, 'fixtures.json')
    run(process.execPath, ['--import', 'tsx', join('bench', 'fixtures.ts'), file])
    return JSON.parse(readFileSync(file, 'utf8'), (_key, value) =>
      typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Version of an installed package. */
export function versionOf(name) {
  const folder = name === 'portcullis' ? root : join(root, 'bench', 'rivals', 'node_modules', name)
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}
