import { createHash } from 'node:crypto'
import type { SignatureBackend } from '../../src/index.ts'
import type { CertificateSpec, Minted } from './mint.ts'

/**
 * A signature scheme that anybody can forge and that costs next to nothing: the hash of key and data. For tests in which
 * signatures are many and what they are worth is not the topic.
 */
export const toySignatures: SignatureBackend = {
  name: 'toy',
  importKey: (spki) => ({
    verify: (_algorithm, data, signature) => Buffer.compare(toySignature(spki, data), signature) === 0,
  }),
}

function toySignature(spki: Uint8Array, data: Uint8Array): Uint8Array {
  return createHash('sha256').update(spki).update(data).digest()
}

/** What makes `mint` sign that way. */
export function toySigned(spec: CertificateSpec, issuer?: Minted): CertificateSpec {
  const signer = issuer?.key ?? spec.key
  if (signer === undefined) throw new Error('a self-signed toy needs its key')
  return { ...spec, signature: (tbs) => toySignature(signer.spki, tbs) }
}
