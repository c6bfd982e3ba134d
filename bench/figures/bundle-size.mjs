import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Rows in the order of `size-limit` in package.json. Every user needs the core: a truststore and verdicts. */
const bundles = [
  { name: 'verdict', functions: '`verifyChain`' },
  { name: 'core', functions: '`buildTruststore` and `verifyChain`' },
  { name: 'lint', functions: '`buildTruststore`, `verifyChain` and `lintTruststore`' },
]

/** The bundles that `npm run check` limits, minified and gzipped. */
export async function measure() {
  const root = join(import.meta.dirname, '..', '..')
  // If a limit is exceeded, size-limit exits with 1, but prints the sizes as well.
  const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'size-limit'), ['--json'], { cwd: root, encoding: 'utf8' })
  const sizes = JSON.parse(stdout)
  return bundles.map(({ name, functions }, i) => ({
    name,
    title: `${functions} with dependencies, minified and gzipped`,
    value: sizes[i].size / 1000,
    unit: 'kB',
  }))
}
