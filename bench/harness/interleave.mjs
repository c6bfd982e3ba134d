import { median } from './statistics.mjs'

/**
 * Measures lanes by turns, one short block of calls each per round, so that other activity of the machine affects all of them
 * equally. A lane is `{ name, call }`. Its calls take the inputs one after the other and continue in the next block.
 */

/** Target length of a block. A slow lane makes fewer calls per block. */
const blockMilliseconds = 40

/** Every lane runs this long before it is measured, to compile its code and fill its caches. */
const warmMilliseconds = 1000

/** A lane that takes seconds per call stops after this time, but not before three blocks. */
const patienceMilliseconds = 20_000
const fewestBlocks = 3

/**
 * @param lanes the others are compared with the first one
 * @param inputs used in order, repeatedly; to measure without cached results, pass more than the caches hold
 * @param options `blocks` per lane; `most` calls per block
 * @returns by name of the lane: median `microseconds` of a call, and `ratio`, the median over the rounds of the lane's time
 * divided by the first lane's
 */
export async function interleave(lanes, inputs, { blocks, most = inputs.length }) {
  const tracks = []
  for (const lane of lanes) tracks.push(await warmUp(lane, inputs, most))
  for (let block = 0; block < blocks; block++) {
    // A different lane comes first in each round, because the first block of a round finds cold caches.
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[(block + i) % tracks.length]
      if (block < fewestBlocks || track.spent < patienceMilliseconds) track.samples.push(await runBlock(track, inputs))
    }
  }
  const [{ samples: own }] = tracks
  return new Map(
    tracks.map(({ name, samples }) => {
      const ratios = samples.slice(0, own.length).map((time, round) => time / own[round])
      return [name, { microseconds: median(samples), ratio: median(ratios) }]
    }),
  )
}

/** Determines the number of calls per block. */
async function warmUp({ name, call }, inputs, most) {
  const isAsync = call(inputs[0]) instanceof Promise
  const track = { name, call, isAsync, calls: 1, next: 1, samples: [], spent: 0 }
  while (track.spent < warmMilliseconds) {
    const wanted = Math.ceil((blockMilliseconds * 1000) / (await runBlock(track, inputs)))
    track.calls = Math.min(wanted, most)
  }
  track.spent = 0
  return track
}

/** @returns microseconds per call */
async function runBlock(track, inputs) {
  const { call, calls, isAsync } = track
  let { next } = track
  // Collects the garbage of the previous lane, so that this lane does not pay for it. Needs --expose-gc.
  globalThis.gc?.({ type: 'minor' })
  const begin = performance.now()
  // Two loops, so that a synchronous lane does not pay for an await.
  if (isAsync) for (let i = 0; i < calls; i++, next++) use(await call(inputs[next % inputs.length]))
  else for (let i = 0; i < calls; i++, next++) use(call(inputs[next % inputs.length]))
  const milliseconds = performance.now() - begin
  track.next = next
  track.spent += milliseconds
  return (milliseconds * 1000) / calls
}

/** Uses the result, so that the compiler cannot drop the call. */
function use(result) {
  if (!result) throw new Error('a call failed that succeeded before the measurement')
}
