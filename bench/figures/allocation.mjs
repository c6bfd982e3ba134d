import { buildTruststore, verifyChain } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { median } from '../harness/statistics.mjs'

const calls = 4000
const rounds = 15

/**
 * Bytes that one call of `verifyChain` allocates for a returning client. The young generation is so large (flags in the
 * catalogue) that no garbage is collected meanwhile. The growth of the heap is therefore the allocation.
 */
export async function measure() {
  const { authorities, clients } = fixture('clients-P-256')
  const store = buildTruststore(authorities)
  store.warmUp()
  const returning = clients.slice(0, 100).map(({ der }) => der)
  const judgeAll = () => {
    for (let i = 0; i < calls; i++)
      if (!verifyChain(store, returning[i % returning.length]).ok) throw new Error('a valid client was rejected')
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
  if (!(bytes > 0)) throw new Error('garbage was collected during the measurement')
  return [{ name: 'returning', title: 'allocated by `verifyChain` for a returning client', value: bytes, unit: 'bytes' }]
}

function allocated() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
