import { parseArgs } from 'node:util'
import { fuzzOperations } from './fuzz-curves/operations.ts'
import { fuzzSignatures } from './fuzz-curves/signatures.ts'

/**
 * `npm run fuzz:curves -- [--operations N] [--signatures N] [--seed S]`: compares field operations with BigInt (default
 * 10,000,000) and signatures, half of them altered, with OpenSSL and noble (default 1,000,000). The seed determines every
 * input. Exits with 1 on a finding.
 */
const { values } = parseArgs({
  options: { operations: { type: 'string' }, signatures: { type: 'string' }, seed: { type: 'string' } },
})
const operations = Number(values.operations ?? 10_000_000)
const signatures = Number(values.signatures ?? 1_000_000)
const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
if (![operations, signatures, seed].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  console.error('usage: npm run fuzz:curves -- [--operations N] [--signatures N] [--seed S], all whole numbers')
  process.exit(2)
}

console.log(`${operations} field operations and ${signatures} signatures, seed ${seed}`)
const findings = [
  ...timed('field operations', () => fuzzOperations(operations, seed)),
  ...timed('signatures', () => fuzzSignatures(signatures, seed)),
]
for (const finding of findings) console.log(`FINDING: ${finding}`)
console.log(`seed ${seed}: ${findings.length === 0 ? 'all equal' : `${findings.length} FINDINGS`}`)
if (findings.length > 0) process.exitCode = 1

/** Runs one part, prints its counts and returns its findings. */
function timed(
  what: string,
  run: () => { readonly counts: Readonly<Record<string, number>>; readonly findings: readonly string[] },
): readonly string[] {
  const start = performance.now()
  const { counts, findings: found } = run()
  const seconds = (performance.now() - start) / 1000
  const numbers = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  console.log(`${what} in ${seconds.toFixed(1)} s: ${numbers.join(', ')}`)
  return found
}
