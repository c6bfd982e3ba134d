import { parseArgs } from 'node:util'
import { allowedMs, blocksOfSwap } from './swap/blocks.ts'
import { fileScene } from './swap/file-scene.ts'
import { type SwapReport, swapUnderLoad } from './swap/run.ts'
import { urlScene } from './swap/url-scene.ts'

/**
 * `npm run bench:swap -- [--swaps N] [--connections N]`: measures how long a source blocks the event loop while it reads a
 * large truststore. Then replaces a truststore from a URL, and one from a file, while a TLS server accepts connections. Exits
 * with 1 on a turn of more than 20 ms without a garbage collection, a wrong verdict, a dropped connection or a failed swap.
 * `--swaps 0` only measures the blocking.
 */
const { values } = parseArgs({ options: { swaps: { type: 'string' }, connections: { type: 'string' } } })
const wanted = { swaps: Number(values.swaps ?? 200), connections: Number(values.connections ?? 2000) }
if (!(wanted.swaps >= 0) || !(wanted.connections >= 1)) {
  console.error('usage: npm run bench:swap -- [--swaps N] [--connections N], N a whole number')
  process.exit(2)
}

for (const count of [150, 1000, 10_000]) {
  const { blocks, ratio } = await blocksOfSwap(count)
  const { longest, longestWithGc, longestByClock, longestGc } = blocks
  const ms = (time: number): string => `${time.toFixed(1)} ms`
  const isLong = longest > allowedMs
  if (isLong) process.exitCode = 1
  console.log(
    `${count} certificates: longest turn ${ms(longest)}${isLong ? `, MORE THAN ${allowedMs} ms` : ''} ` +
      `(with collections ${ms(longestWithGc)}, by the clock ${ms(longestByClock)}; longest collection ${ms(longestGc)}); ` +
      `total ${ratio.toFixed(2)} × the time in one go`,
  )
}

function print(name: string, report: SwapReport, seconds: number): void {
  const { swaps, taken, rejected, rolledBack, connections, accepted, byVersion, wrongVerdicts, wrongVersions, dropped } = report
  console.log(`${name}: ${swaps} swaps in ${seconds.toFixed(1)} s`)
  for (const [kind, count] of report.kinds) console.log(`  ${String(count).padStart(4)}  ${kind}`)
  console.log(`  ${taken} taken, ${rejected} rejected, ${rolledBack} rolled back and forward again`)
  console.log(
    `  ${connections} connections verified by ${byVersion.size} versions: ${accepted} accepted, ${connections - accepted} rejected`,
  )
  console.log(`  ${wrongVerdicts} wrong verdicts, ${wrongVersions} by a version that was not current, ${dropped} dropped`)
  for (const problem of report.problems.slice(0, 20)) console.log(`  PROBLEM: ${problem}`)
}

for (const [name, scene] of [
  ['URL', urlScene],
  ['file', fileScene],
] as const) {
  if (wanted.swaps === 0) break
  const begin = performance.now()
  const report = await swapUnderLoad(scene, wanted)
  print(name, report, (performance.now() - begin) / 1000)
  if (report.problems.length > 0) process.exitCode = 1
}
