import { p256 } from '@noble/curves/nist.js'
import { buildTruststore, pureSignatures, verifyChain } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { interleave } from '../harness/interleave.mjs'
import { faster } from '../harness/rows.mjs'
import { signedParts } from '../harness/signed-parts.mjs'
import { requireWholeWork } from '../harness/whole-work.mjs'

const most = 600

/**
 * Runtimes other than Node: our signature check and all of `verifyChain` for a new client, both compared with the signature
 * check of `@noble/curves`.
 */
export async function measure({ blocks }) {
  const { authorities, clients, warm, refused } = fixture('clients-P-256')
  const store = buildTruststore(authorities)
  store.warmUp()
  const keys = store.certificates.map(({ subjectPublicKeyInfo }) => {
    const key = pureSignatures.importKey(subjectPublicKeyInfo)
    key.warmUp?.()
    return { key, point: subjectPublicKeyInfo.subarray(-65) }
  })
  const options = { lowS: false, format: 'der', prehash: true }
  const inputs = clients.map(({ der, issuer }) => ({ der, ...signedParts(der), ...keys[issuer] }))
  const lanes = [
    { name: 'signature', call: ({ key, algorithm, tbs, signature }) => key.verify(algorithm, tbs, signature) },
    { name: 'verifyChain', call: ({ der }) => verifyChain(store, der).ok },
    { name: 'noble', call: ({ tbs, signature, point }) => p256.verify(signature, tbs, point, options) },
  ]
  await requireWholeWork(lanes[1], warm, Object.entries(refused))
  const results = await interleave(lanes, inputs, { blocks, most })
  return [
    faster('signature', 'P-256 signature check with a CA’s key, compared with @noble/curves', results, 'signature', 'noble'),
    faster(
      'verifyChain',
      '`verifyChain` of a new P-256 client, compared with only the signature check of @noble/curves',
      results,
      'verifyChain',
      'noble',
    ),
  ]
}
