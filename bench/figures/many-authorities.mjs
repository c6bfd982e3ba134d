import { buildTruststore, verifyChain } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { interleave } from '../harness/interleave.mjs'

/** Calls per block: few enough that many blocks fit into one pass over the clients. */
const most = 600

/**
 * New clients of the same three CAs, verified with a truststore of ten CAs and with one of a hundred thousand. Neither is
 * warmed up: `warmUp` would spend the tables of the large one on its first CAs instead of the three in use.
 */
export async function measure({ blocks }) {
  const { count, pem, issuers, clients } = fixture('authorities')
  const small = buildTruststore([...issuers, firstBlocks(pem.slice(issuers[0].length), 7)])
  const large = buildTruststore(pem)
  if (small.certificates.length !== 10 || large.certificates.length !== count) throw new Error('not all CAs are usable')
  const lanes = [
    { name: '10 CAs', call: (der) => verifyChain(small, der).ok },
    { name: '100,000 CAs', call: (der) => verifyChain(large, der).ok },
  ]
  const results = await interleave(lanes, clients, { blocks, most })
  const details = lanes.map(({ name }) => ({ name, value: results.get(name).microseconds, unit: 'µs' }))
  return [
    {
      name: 'verify',
      title: 'time of `verifyChain` with 100,000 CAs, relative to 10 CAs',
      value: results.get('100,000 CAs').ratio,
      unit: '×',
      details,
    },
  ]
}

/** The first `count` certificates of a PEM text. */
export function firstBlocks(pem, count) {
  const ending = '-----END CERTIFICATE-----\n'
  let end = 0
  for (let i = 0; i < count; i++) end = pem.indexOf(ending, end) + ending.length
  return pem.slice(0, end)
}
