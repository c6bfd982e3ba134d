import { parseArgs } from 'node:util'
import { soak } from './soak/run.ts'

/**
 * `npm run soak -- [--handshakes N] [--processes N] [--swap-every N]`: valid and invalid clients in other processes connect to
 * a gate, resume sessions and keep connections open, while its truststore is replaced. Exits with 1 on a wrong verdict, a
 * connection that stays open after its CA was removed, an unhandled error, or growing memory: the last quarter of the run may
 * use at most 5 % more than the second.
 */
const text = { type: 'string' } as const
const { values } = parseArgs({ options: { handshakes: text, processes: text, 'swap-every': text } })
const wish = {
  connections: Number(values.handshakes ?? 100_000),
  processes: Number(values.processes ?? 2),
  swapEvery: Number(values['swap-every'] ?? 500),
}
if (!Object.values(wish).every((number) => Number.isInteger(number) && number >= 1)) {
  console.error('usage: npm run soak -- [--handshakes N] [--processes N] [--swap-every N], N a whole number')
  process.exit(2)
}

let shown = 0
const onProgress = (done: number): void => {
  if (!process.stderr.isTTY || Date.now() - shown < 1000) return
  shown = Date.now()
  process.stderr.write(`\r${done} of ${wish.connections}`)
}
const report = await soak({ ...wish, onProgress })
if (shown > 0) process.stderr.write('\n')

const { connections, seconds, swaps, resumed, kept, ended, answers, counters, wrong, unhandled, residentByQuarter } = report
const { buckets, sum, count } = counters.verifyMicroseconds
const median = buckets.find((bucket) => bucket.count >= count / 2)?.le
console.log(`${connections} handshakes in ${seconds.toFixed(1)} s (${(connections / seconds).toFixed(0)}/s), ${resumed} resumed`)
console.log(`truststore replaced ${swaps} times; ${kept} more connections kept open, ${ended} of them closed by the gate`)
for (const [code, times] of [...answers].sort(([, a], [, b]) => b - a)) console.log(`  ${String(times).padStart(7)}  ${code}`)
console.log(`verifyChain: ${(sum / count).toFixed(0)} µs on average, half within ${median} µs; ${counters.memoHits} memo hits`)

const megabytes = residentByQuarter.map((bytes) => (bytes / 1e6).toFixed(1))
const growth = residentByQuarter[3]! / residentByQuarter[1]! - 1
// A quarter without a sample proves nothing.
const isFlat = growth <= 0.05 && residentByQuarter.every((bytes) => bytes > 0)
console.log(`resident memory by quarter: ${megabytes.join(', ')} MB; the last is ${(growth * 100).toFixed(1)} % above the second`)
console.log(`${wrong.length} wrong verdicts, ${unhandled.length} unhandled errors, memory ${isFlat ? 'flat' : 'GROWS'}`)
for (const problem of [...wrong, ...unhandled].slice(0, 20)) console.log(`  PROBLEM: ${problem}`)
const missing = connections !== wish.connections
if (missing) console.log(`  PROBLEM: only ${connections} of ${wish.connections} handshakes were made`)
process.exitCode = wrong.length + unhandled.length === 0 && isFlat && !missing ? 0 : 1
