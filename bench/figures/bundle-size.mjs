import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Rows by their place in `size-limit`: the core is what any user needs, a truststore and verdicts by it. */
const names = ['verdict', 'core', 'lint']

/** What `npm run check` limits: what a bundler makes of each entry of `size-limit`, minified and gzipped. */
export async function measure() {
  const root = join(import.meta.dirname, '..', '..')
  // It ends with 1 where a limit is exceeded, and still says by how much.
  const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'size-limit'), ['--json'], { cwd: root, encoding: 'utf8' })
  return JSON.parse(stdout).map(({ name, size }, i) => ({
    name: names[i] ?? name,
    title: `size of ${name}, minified and gzipped`,
    value: size / 1000,
    unit: 'kB',
  }))
}
