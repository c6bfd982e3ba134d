import { createHash } from 'node:crypto'
import type { SignatureBackend } from '../../src/index.ts'
import type { CertificateSpec, Minted } from './mint.ts'

/**
 * A signature scheme that costs almost nothing and that anyone can forge: the hash of key and data. For tests with
 * many signatures that are not about signatures.
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

/** Makes `mint` sign with this scheme. */
export function toySigned(spec: CertificateSpec, issuer?: Minted): CertificateSpec {
  const signer = issuer?.key ?? spec.key
  if (signer === undefined) throw new Error('a self-signed toy needs its key')
  return { ...spec, signature: (tbs) => toySignature(signer.spki, tbs) }
}
