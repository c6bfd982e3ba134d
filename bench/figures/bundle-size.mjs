import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** The number that `npm run check` limits: what a bundler makes of the core, minified and gzipped, noble included. */
export async function measure() {
  const root = join(import.meta.dirname, '..', '..')
  const [core] = JSON.parse(execFileSync(join(root, 'node_modules', '.bin', 'size-limit'), ['--json'], { cwd: root }))
  return [{ name: 'core', title: `size of ${core.name}, minified and gzipped`, value: core.size / 1000, unit: 'kB' }]
}
