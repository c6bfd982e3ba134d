import { parseArgs } from 'node:util'
import { type HostileClients, hostileClients, play, type Scene, type SceneReport } from './strangers/run.ts'

/**
 * `npm run bench:strangers -- [--seconds N] [--good N] [--hostile N] [--no-limits] [--only PART]`: measures how long good
 * clients wait for a handshake and its answer while hostile clients from another address connect 1,000 times a second. Compares
 * this with their wait while the same hostile clients connect to another server. Exits with 1 if the 99th percentile more than
 * doubles. A costly handshake blocks its address for five minutes, so short runs exaggerate its cost. PART selects hostile
 * clients by name.
 */
const text = { type: 'string' } as const
const { values } = parseArgs({
  options: { seconds: text, good: text, hostile: text, only: text, 'no-limits': { type: 'boolean', default: false } },
})
const seconds = values.seconds === undefined ? undefined : Number(values.seconds)
const pace = {
  goodPerSecond: Number(values.good ?? 60),
  hostilePerSecond: Number(values.hostile ?? 1000),
}
if (![...Object.values(pace), seconds ?? 1].every((number) => Number.isInteger(number) && number >= 1)) {
  console.error(
    'usage: npm run bench:strangers -- [--seconds N] [--good N] [--hostile N] [--no-limits] [--only PART], N whole numbers',
  )
  process.exit(2)
}
const most = 2

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

async function measure(scene: Scene, kind: HostileClients): Promise<number> {
  const lasts = seconds ?? kind.seconds
  const report = await play(scene, kind.credentials, { ...pace, seconds: scene === 'alone' ? Math.min(lasts, 60) : lasts })
  const { good, hostile, counters, busy } = report
  const p99 = percentile(good.answered, 0.99)
  const lost = good.closed + good.omitted
  const times = `p50 ${percentile(good.answered, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  console.log(`  ${scene.padEnd(9)}  ${times}, ${lost} good clients without an answer, server busy ${(busy * 100).toFixed(0)} %`)
  if (hostile !== undefined && scene !== 'elsewhere') console.log(`             ${describeHostile(hostile, counters)}`)
  return lost === 0 ? p99 : Infinity
}

function describeHostile(hostile: NonNullable<SceneReport['hostile']>, { refused, limited }: SceneReport['counters']): string {
  const handshakes = Object.values(refused).reduce((sum, count) => sum + count, 0)
  const closed = Object.entries(limited).map(([limit, count]) => `${count} by ${limit}`)
  return `${handshakes} hostile handshakes rejected, ${closed.join(', ') || 'none'} closed before the handshake; ${hostile.omitted} not started`
}

for (const [name, kind] of Object.entries(hostileClients)) {
  if (!name.includes(values.only ?? '')) continue
  console.log(`hostile clients with ${name}:`)
  await measure('alone', kind)
  const before = await measure('elsewhere', kind)
  const after = await measure('limits', kind)
  if (values['no-limits']) await measure('no limits', kind)
  const ratio = after / before
  console.log(`  ${ratio.toFixed(2)} × at the 99th percentile, at most ${most} × allowed: ${ratio <= most ? 'met' : 'MISSED'}`)
  if (!(ratio <= most)) process.exitCode = 1
}
