import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { median, rounds } from '../suite/rounds.mjs'
import { folder } from './command.mjs'

/**
 * Runs a Worker's bundle in workerd and prints the outcome as one line of JSON. A process of its own, for miniflare wants
 * a later Node than the package.
 *
 *     node workerd-host.mjs BUNDLE FIXTURES
 */
const { Miniflare } = createRequire(join(folder, 'package.json'))('miniflare')
const [bundle, fixtures] = process.argv.slice(2)

/** No compatibility flags: what the Worker finds is what every Worker has. */
const miniflare = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync(bundle, 'utf8') }],
  compatibilityDate: '2026-07-01',
  cf: false,
})

async function ask(path, init) {
  const response = await miniflare.dispatchFetch(`http://worker.example${path}`, init)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function timeOf(path) {
  const start = performance.now()
  const count = await ask(path)
  return { count, time: (performance.now() - start) * 1000 }
}

/** µs per client, without what a request costs by itself. */
async function measure() {
  const { toWarmUp, toMeasure } = rounds
  const times = []
  for (let round = 0; round < toWarmUp + toMeasure; round++) {
    await ask('/prepare')
    const empty = await timeOf('/')
    const full = await timeOf('/judge')
    if (round >= toWarmUp) times.push((full.time - empty.time) / full.count)
  }
  return median(times)
}

try {
  const outcome = await ask('/suite', { method: 'POST', body: readFileSync(fixtures, 'utf8') })
  console.log(JSON.stringify({ ...outcome, microseconds: await measure() }))
} finally {
  await miniflare.dispose()
}
