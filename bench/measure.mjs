/**
 * Measures contestants in turn: one short block of calls each, round after round, so that whatever else the machine does
 * falls on all of them alike. Every block starts from a fresh, warmed-up state (`work.start`), and no input occurs twice in
 * a block unless the work says that nothing could be remembered of it.
 */

/** How long a block should last; a slow contestant gets fewer calls in it, a fast one repeats its inputs if it may. */
const blockMilliseconds = 25

/** A contestant that takes seconds for a call has three blocks, and none after this long. */
const patienceMilliseconds = 10_000
const fewestBlocks = 3

/** @returns median microseconds a call, by contestant name; those that cannot do the work are left out */
export async function measure(work, contestants, blocks) {
  const lanes = []
  for (const contestant of contestants) {
    if (whyNot(work, contestant) === undefined) lanes.push(await prepareLane(work, contestant))
  }
  for (let block = 0; block < blocks; block++) {
    // Who goes first changes, since the first block after a pause finds cold caches.
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[(block + i) % lanes.length]
      if (lane.samples.length < fewestBlocks || lane.spent < patienceMilliseconds) await runBlock(work, lane, block)
    }
  }
  return new Map(lanes.map(({ contestant, samples }) => [contestant.name, median(samples)]))
}

/** Why a contestant has no part in a work, in words for a footnote. */
export function whyNot(work, contestant) {
  const tag = work.tags.find((name) => contestant.cannot?.[name] !== undefined)
  if (tag !== undefined) return contestant.cannot[tag]
  return contestant[work.method] === undefined ? 'has no such function' : undefined
}

/** Checks that the contestant does the work, warms it up and finds out how many calls make a block. */
async function prepareLane(work, contestant) {
  const call = await work.start(contestant)
  const answer = call(work.inputs[0])
  const isAsync = answer instanceof Promise
  await answer
  await work.check(call, contestant.name)
  const lane = { contestant, isAsync, calls: 1, samples: [], spent: 0 }
  for (let warm = 0; warm < 4 && lane.spent < 500; warm++) {
    await runBlock(work, lane, warm)
    const wanted = Math.ceil(blockMilliseconds / (lane.samples[warm] / 1000))
    lane.calls = Math.max(1, work.repeats ? wanted : Math.min(wanted, work.inputs.length))
  }
  lane.samples = []
  return lane
}

async function runBlock(work, lane, block) {
  const { inputs } = work
  const call = await work.start(lane.contestant)
  for (const input of work.warm ?? []) await call(input)
  const { calls, isAsync } = lane
  const first = (block * calls) % inputs.length
  const begin = performance.now()
  // Two loops, so that a synchronous contestant does not pay for an await.
  if (isAsync) for (let i = 0; i < calls; i++) use(await call(inputs[(first + i) % inputs.length]))
  else for (let i = 0; i < calls; i++) use(call(inputs[(first + i) % inputs.length]))
  const milliseconds = performance.now() - begin
  lane.spent += milliseconds
  lane.samples.push((milliseconds * 1000) / calls)
}

/** Uses the result, so that no compiler can drop the call that made it. */
function use(result) {
  if (!result) throw new Error('a call that was checked before has failed')
}

function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
