/**
 * `npm run bench:hostile [-- PART]`: the cost of hostile input, and how it grows. Runs every case at 1, 2 and 4 times its
 * size. PART selects the cases whose names contain it. Exits with 1 if the work on a case grows faster than its input or
 * takes too long.
 *
 * The work is counted (test/support/growth/counter.ts), so it is the same in every run and on every machine. Time is a second
 * bound, for work that is not counted. A case that seems too slow only fails if it is too slow in a separate process as well.
 */
import { spawnSync } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { growingCases } from '../test/support/growth/cases.ts'
import { counted } from '../test/support/growth/counted.ts'
import { sizes } from '../test/support/growth/growing.ts'
import { leastOf } from '../test/support/growth/time.ts'

/** Limits of a call: its time in milliseconds, and how many times longer it may take for twice the input. */
const longest = 50
const mostGrowth = 2.6
/** Shorter times, in milliseconds, are too inaccurate to measure growth. */
const measurable = 1
const runs = 5

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function faultOf(times: readonly number[]): string | undefined {
  const slowest = Math.max(...times)
  if (slowest > longest) return `takes ${slowest.toFixed(1)} ms`
  const growth = Math.max(...times.slice(1).map((milliseconds, i) => milliseconds / Math.max(times[i]!, measurable)))
  return growth > mostGrowth ? `takes ${growth.toFixed(1)} times as long for twice the input` : undefined
}

/** Whether a case also fails in a separate process, where V8 has not optimized the code for thousands of other cases. */
function failsAlone(name: string): boolean {
  const [program, ...flags] = [process.execPath, ...process.execArgv]
  return spawnSync(program, [...flags, process.argv[1]!, name, 'alone'], { stdio: 'ignore' }).status !== 0
}

const [part = '', alone] = process.argv.slice(2)
const { counts: all } = await counted(part, 1)
const counts = alone === undefined ? all : all.filter(({ name }) => name === part)
const cases = new Map(growingCases.map((each) => [each.name, each]))
let worst = 0
let failed = 0
for (const { name, work, growth, answer, problem } of counts) {
  const inputs = sizes.map((size) => cases.get(name)!.at(size))
  let times = inputs.map(({ setUp }) => leastOf(runs, setUp))
  // Other programs and the garbage of earlier cases slow a measurement down: repeat it before calling a case too slow.
  for (let again = 0; again < 5 && faultOf(times) !== undefined; again++) {
    collectGarbage()
    times = times.map((known, i) => Math.min(known, leastOf(runs, inputs[i]!.setUp)))
  }
  const slow = faultOf(times)
  const fault = problem ?? (slow !== undefined && (alone !== undefined || failsAlone(name)) ? slow : undefined)
  if (fault !== undefined) failed++
  worst = Math.max(worst, ...times)
  const shown = times.map((milliseconds) => milliseconds.toFixed(1).padStart(5)).join(' ')
  console.log(`${shown} ms, work ${work.toFixed(0).padStart(3)} per byte, growth ${growth.toFixed(2)}  ${name}: ${answer}`)
  if (fault !== undefined) console.log(`  FAILS: ${fault}`)
}
console.log(`${counts.length} cases; worst: ${worst.toFixed(1)} ms of ${longest} ms allowed; ${failed} fail`)
process.exitCode = failed === 0 ? 0 : 1
