import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

function changedAt(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Builds `dist` if the sources have changed, so that no test runs against an outdated build. */
export function setup(): void {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((path) => join('src', path))
  const changed = Math.max(...[...sources, 'tsup.config.ts', 'tools/require-types.mjs', 'package.json'].map(changedAt))
  // Written last.
  if (changed > changedAt('dist/inspect.d.cts'))
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
}
