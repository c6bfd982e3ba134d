import { readFileSync } from 'node:fs'
import { median, rounds } from '../suite/rounds.mjs'
import { startWorker } from './workerd.mjs'

/**
 * Runs a Worker's bundle in workerd and prints the outcome as one line of JSON. It is a separate process, because miniflare
 * needs a later Node than the package.
 *
 *     node workerd-host.mjs BUNDLE FIXTURES
 */
const [bundle, fixtures] = process.argv.slice(2)
const miniflare = startWorker(readFileSync(bundle, 'utf8'))

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

/** µs per client, without the cost of the request. */
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
