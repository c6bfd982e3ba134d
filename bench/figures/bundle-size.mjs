import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Rows by their place in `size-limit` of package.json. The core is what every user needs: a truststore and verdicts. */
const bundles = [
  { name: 'verdict', functions: '`verifyChain`' },
  { name: 'core', functions: '`buildTruststore` and `verifyChain`' },
  { name: 'lint', functions: '`buildTruststore`, `verifyChain` and `lintTruststore`' },
]

/** The bundles that `npm run check` limits, minified and gzipped. */
export async function measure() {
  const root = join(import.meta.dirname, '..', '..')
  // It exits with 1 if a limit is exceeded, and prints the sizes anyway.
  const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'size-limit'), ['--json'], { cwd: root, encoding: 'utf8' })
  const sizes = JSON.parse(stdout)
  return bundles.map(({ name, functions }, i) => ({
    name,
    title: `${functions} with dependencies, minified and gzipped`,
    value: sizes[i].size / 1000,
    unit: 'kB',
  }))
}
