import { median } from './statistics.mjs'

/**
 * Measures lanes in turn: one short block of calls each, round after round, so that whatever else the machine does falls on
 * all of them alike. A lane is `{ name, call }`; its calls take the inputs one after the other, from block to block.
 */

/** How long a block should last; a slow lane gets fewer calls in it. */
const blockMilliseconds = 40

/** How long a lane runs before it is measured, so that its code is compiled and its caches are filled. */
const warmMilliseconds = 1000

/** A lane that takes seconds for a call has three blocks, and none after this long. */
const patienceMilliseconds = 20_000
const fewestBlocks = 3

/**
 * @param lanes the first is the one that the others are compared with
 * @param inputs taken in order, over and over; the caller provides enough where nothing may be remembered
 * @param options `blocks`: how many each lane has; `most`: calls in a block
 * @returns by lane's name: median `microseconds` of a call, and `ratio`, the median over the rounds of its time in the first
 * lane's time
 */
export async function interleave(lanes, inputs, { blocks, most = inputs.length }) {
  const tracks = []
  for (const lane of lanes) tracks.push(await warmUp(lane, inputs, most))
  for (let block = 0; block < blocks; block++) {
    // Who goes first changes, since the first block after a pause finds cold caches.
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

/** Finds out how many calls make a block. */
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

/** @returns microseconds a call */
async function runBlock(track, inputs) {
  const { call, calls, isAsync } = track
  let { next } = track
  // What the lane before has left behind is not for this one to collect (where the runtime was told to let us).
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

/** Uses the result, so that no compiler can drop the call that made it. */
function use(result) {
  if (!result) throw new Error('a call that was checked before has failed')
}
