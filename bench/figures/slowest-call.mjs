import { fork } from 'node:child_process'
import { join } from 'node:path'
import { median } from '../harness/statistics.mjs'

const calls = 100_000
const processes = 5

/**
 * The slowest of 100,000 mixed calls, minus the median. Five processes make the same calls in the same order, and the time of
 * a call is its minimum over the five: slow work of the library shows up in all of them, other activity of the machine does
 * not. The slowest call of each process is reported as well.
 */
export async function measure() {
  return [await measureStart('warm', 'after `store.warmUp()`'), await measureStart('cold', 'without `store.warmUp()`')]
}

async function measureStart(name, when) {
  const runs = []
  for (let i = 0; i < processes; i++) runs.push(await timesOfProcess(name))
  const times = runs[0].map((_, call) => Math.min(...runs.map((run) => run[call])))
  const usual = median(times)
  const slowest = greatest(times)
  return {
    name,
    title: `slowest of ${calls.toLocaleString('en')} mixed calls minus the median, ${when}`,
    value: slowest - usual,
    unit: 'ms',
    details: [
      { name: 'median', value: usual * 1000, unit: 'µs' },
      { name: `slowest (call ${times.indexOf(slowest)})`, value: slowest, unit: 'ms' },
      ...runs.map((run, i) => ({ name: `slowest in process ${i + 1}`, value: greatest(run), unit: 'ms' })),
    ],
  }
}

/** @returns milliseconds of each call */
async function timesOfProcess(name) {
  const child = fork(join(import.meta.dirname, 'slowest-call', 'calls.mjs'), [name, String(calls)], { serialization: 'advanced' })
  return await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the calls ended with ${code}`)))
  })
}

function greatest(times) {
  return times.reduce((most, time) => Math.max(most, time), 0)
}
