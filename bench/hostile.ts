/**
 * The worst that hostile input costs, and how that grows: every case at 1, 2 and 4 times its size. `npm run bench:hostile
 * [-- PART]`, PART of a name limits it to the cases that have it; exits with 1 where a case grows faster than its input or takes
 * too long.
 *
 * The work is counted, which gives the same in every run and on every machine (test/support/growth/count.ts); time is a second bound,
 * for what a count does not see. Counting slows everything down, so that it has a process of its own.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Count } from '../test/support/growth/count.ts'

const [mode, part = ''] = process.argv[2] === '--count' ? ['count', process.argv[3]] : ['time', process.argv[2]]

/** What a call may take in milliseconds, and how much longer it may take for twice the input. */
const longest = 50
const mostGrowth = 2.6
/** Below this many milliseconds nothing can be said about growth. */
const measurable = 1

if (mode === 'count') await count()
else await time()

async function count(): Promise<void> {
  // First, so that V8 counts in all that follows.
  const { countOf } = await import('../test/support/growth/count.ts')
  const { growingCases } = await import('../test/support/growth/cases.ts')
  const counts = growingCases.filter(({ name }) => name.includes(part)).map(countOf)
  process.stdout.write(JSON.stringify(counts))
}

function countedElsewhere(): readonly Count[] {
  const child = spawnSync(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), '--count', part], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.status !== 0) throw new Error(`counting failed with ${child.status ?? child.signal}`)
  return JSON.parse(child.stdout) as readonly Count[]
}

async function time(): Promise<void> {
  const { growingCases, sizes } = await import('../test/support/growth/cases.ts')
  const { leastOf } = await import('../test/support/growth/time.ts')
  const counts = countedElsewhere()
  let worst = 0
  let problems = 0
  for (const { name, work, growth, answer, problem } of counts) {
    const { at } = growingCases.find((each) => each.name === name)!
    const inputs = sizes.map((size) => at(size))
    let times = inputs.map(({ setUp }) => leastOf(5, setUp))
    // The machine does other things: what looks too slow is measured again.
    for (let again = 0; again < 3 && fault(times) !== undefined; again++) {
      times = times.map((known, i) => Math.min(known, leastOf(5, inputs[i]!.setUp)))
    }
    const found = problem ?? fault(times)
    if (found !== undefined) problems++
    worst = Math.max(worst, ...times)
    const shown = times.map((milliseconds) => milliseconds.toFixed(1).padStart(5)).join(' ')
    console.log(
      `${shown} ms, work ${work.toFixed(0).padStart(3)} a byte × ${growth.toFixed(2)}  ${name}: ${answer}${found === undefined ? '' : `\n  FAILS: ${found}`}`,
    )
  }
  console.log(`${counts.length} cases, worst: ${worst.toFixed(1)} ms of ${longest} ms allowed, ${problems} fail`)
  process.exitCode = problems === 0 ? 0 : 1
}

function fault(times: readonly number[]): string | undefined {
  const slowest = Math.max(...times)
  if (slowest > longest) return `${slowest.toFixed(1)} ms`
  const growth = Math.max(...times.slice(1).map((milliseconds, i) => milliseconds / Math.max(times[i]!, measurable)))
  return growth > mostGrowth ? `${growth.toFixed(1)} times as long for twice the input` : undefined
}
