import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { p256, p384 } from '@noble/curves/nist.js'
import { pureSignatures } from '../../dist/index.js'
import { interleave } from '../harness/interleave.mjs'
import { faster } from '../harness/rows.mjs'

const curves = {
  'P-256': { noble: p256, hash: 'sha256', algorithm: '300a06082a8648ce3d040302', pointBytes: 65 },
  'P-384': { noble: p384, hash: 'sha384', algorithm: '300a06082a8648ce3d040303', pointBytes: 97 },
}

/**
 * A signature check with a key that is used once, so no tables exist for it. Another key was in use before, as in a gateway,
 * so both libraries have their tables of the curve's generator.
 */
export async function measure({ blocks }) {
  const rows = []
  for (const [curve, { noble, hash, algorithm, pointBytes }] of Object.entries(curves)) {
    const identifier = new Uint8Array(Buffer.from(algorithm, 'hex'))
    const signed = Array.from({ length: 300 }, () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve })
      const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
      const data = new Uint8Array(randomBytes(900))
      return { spki, point: spki.subarray(-pointBytes), data, signature: new Uint8Array(sign(hash, data, privateKey)) }
    })
    pureSignatures.importKey(signed.pop().spki).warmUp()
    const lanes = [
      {
        name: 'portcullis',
        call: ({ spki, data, signature }) => pureSignatures.importKey(spki).verify(identifier, data, signature),
      },
      {
        name: 'noble',
        call: ({ point, data, signature }) => noble.verify(signature, data, point, { lowS: false, format: 'der', prehash: true }),
      },
    ]
    for (const { name, call } of lanes) if (!signed.every(call)) throw new Error(`${name} rejects a valid signature`)
    const results = await interleave(lanes, signed, { blocks })
    rows.push(
      faster(curve, `signature check with a ${curve} key used once, compared with @noble/curves`, results, 'portcullis', 'noble'),
    )
  }
  return rows
}
