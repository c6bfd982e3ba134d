import fc from 'fast-check'
import { compare } from '../test/specification/agreement.ts'
import { calls } from '../test/specification/generate.ts'

/**
 * `npm run specification -- [COUNT] [SEED]`: random public-key infrastructures, judged by the library and by the executable
 * specification in test/specification. Exits with 1 at the first disagreement, which is shrunk and printed, or if fewer than
 * a quarter of the verdicts are acceptances.
 */
const [count = 1_000_000, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number)
if (![count, seed].every((number) => Number.isInteger(number) && number >= 0)) {
  console.error('usage: npm run specification -- [COUNT] [SEED], whole numbers')
  process.exit(2)
}

const verdicts = new Map<string, number>()
let judged = 0
const checked = fc.check(
  fc.property(calls, (call) => {
    const { verdict, disagreement } = compare(call)
    if (disagreement !== undefined) throw new Error(disagreement)
    const result = verdict.ok ? 'accepted' : verdict.code
    verdicts.set(result, (verdicts.get(result) ?? 0) + 1)
    if (++judged % 1000 === 0 && process.stderr.isTTY) process.stderr.write(`\r${judged} of ${count}`)
  }),
  { numRuns: count, seed },
)

console.log(`seed ${seed}, ${judged} judged`)
for (const [result, number] of [...verdicts].sort(([, a], [, b]) => b - a)) console.log(`${String(number).padStart(9)} ${result}`)
if (checked.failed) {
  console.error(checked.errorInstance instanceof Error ? checked.errorInstance.message : String(checked.errorInstance))
  process.exitCode = 1
} else if ((verdicts.get('accepted') ?? 0) < judged / 4) {
  console.error('fewer than a quarter were accepted')
  process.exitCode = 1
}
