import { buildTruststore, verifyChain } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { median } from '../harness/statistics.mjs'

const calls = 4000
const rounds = 15

/**
 * What a call of `verifyChain` leaves behind for the collector when the client comes back. The young generation is made so
 * large (flags in the catalogue) that nothing is collected while it is measured, and the heap's growth is what was allocated.
 */
export async function measure() {
  const { authorities, clients } = fixture('clients-P-256')
  const store = buildTruststore(authorities)
  store.warmUp()
  const returning = clients.slice(0, 100).map(({ der }) => der)
  const judgeAll = () => {
    for (let i = 0; i < calls; i++) if (!verifyChain(store, returning[i % returning.length]).ok) throw new Error('refused')
  }
  for (let i = 0; i < 25; i++) judgeAll()
  const samples = []
  for (let round = 0; round < rounds; round++) {
    globalThis.gc()
    const before = allocated()
    judgeAll()
    samples.push((allocated() - before) / calls)
  }
  const bytes = median(samples)
  if (!(bytes > 0)) throw new Error('the heap was collected while it was measured')
  return [{ name: 'returning', title: 'allocated by `verifyChain` of a client that comes back', value: bytes, unit: 'bytes' }]
}

function allocated() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
