import { buildTruststore, verifyChain } from '../../../dist/index.js'
import { fixture } from '../../harness/fixture.mjs'

/**
 * Verifies a mix of clients right after the start and sends the milliseconds of each call. The clients belong to nine CAs
 * with three types of keys. Half of them return, an eighth have an invalid signature, some are expired or from an unknown CA.
 */
const [start, calls] = process.argv.slice(2)
const kinds = ['P-256', 'P-384', 'RSA-2048'].map((kind) => fixture(`clients-${kind}`))
const inputs = Array.from({ length: Number(calls) }, (_, i) => input(i))
const store = buildTruststore(kinds.flatMap(({ authorities }) => authorities))
if (start === 'warm') store.warmUp()
const times = new Float64Array(inputs.length)
let accepted = 0
for (let i = 0; i < inputs.length; i++) {
  const begin = performance.now()
  if (verifyChain(store, inputs[i]).ok) accepted++
  times[i] = performance.now() - begin
}
if (accepted < inputs.length / 2 || accepted > inputs.length * 0.9)
  throw new Error(`${accepted} accepted: the mix of clients is wrong`)
process.send(times, () => process.exit())

function input(i) {
  const { clients, refused } = kinds[i % 3]
  const turn = Math.floor(i / 3)
  if (turn % 8 === 7) return withInvalidSignature(clients[turn % clients.length].der)
  if (turn % 50 === 49) return refused['an expired client'].der
  if (turn % 50 === 24) return refused['a client of an unknown CA with the same name'].der
  return clients[turn % 2 === 0 ? turn % 100 : turn % clients.length].der
}

/** Changes s: the signature stays well-formed and becomes invalid. */
function withInvalidSignature(der) {
  const copy = der.slice()
  copy[copy.length - 3] ^= 1
  return copy
}
