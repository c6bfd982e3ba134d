import { parseArgs } from 'node:util'
import { fuzz } from './fuzz/run.ts'

/** `npm run fuzz -- [N] [--seed S]`: runs N mutated inputs (default 1,000,000). Exits with 1 on a finding. */
const { positionals, values } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' } } })
const count = Number(positionals[0] ?? 1_000_000)
const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run fuzz -- [N] [--seed S], both whole numbers')
  process.exit(2)
}

console.log(`${count} inputs, seed ${seed}`)
const begin = performance.now()
const report = fuzz(count, seed, (done) => {
  if (process.stderr.isTTY && done % 10_000 === 0) process.stderr.write(`\r${done}`)
})
const seconds = (performance.now() - begin) / 1000
if (process.stderr.isTTY) process.stderr.write('\r')

const { inputs, calls, counts, slowest, findings } = report
for (const { input, call, problem, base64 } of findings) {
  console.log(`FINDING: ${call}: ${problem}\n  input ${input} of seed ${seed}, base64: ${base64}`)
}
console.log(`calls: ${[...calls].map(([name, number]) => `${name} ${number}`).join(', ')}`)
console.log(
  `parsed ${counts.parsed}, truststores built ${counts.built}, chains accepted ${counts.accepted} and rejected ${counts.refused}`,
)
console.log(`slowest call: ${slowest.call}, ${slowest.milliseconds.toFixed(1)} ms (input ${slowest.input})`)
console.log(
  `${inputs} inputs in ${seconds.toFixed(0)} s, seed ${seed}: ${findings.length === 0 ? 'no findings' : `${findings.length} FINDINGS`}`,
)
if (findings.length > 0) process.exitCode = 1
