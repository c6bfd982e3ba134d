import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { pureSignatures } from '../../src/index.ts'
import { readWithAsn1js } from '../support/asn1js-certificate.ts'
import { type HashName, type KeyKind, keyPair, mint } from '../support/mint.ts'

/** Compares signature checks with OpenSSL's (through Node). asn1js splits the certificates. */

interface Opinions {
  readonly ours: boolean
  readonly openssl: boolean
}

function opinionsOn(der: Uint8Array, issuer: X509Certificate): Opinions {
  const { tbs, algorithm, signature } = readWithAsn1js(der)
  const spki = new Uint8Array(issuer.publicKey.export({ type: 'spki', format: 'der' }))
  return {
    ours: pureSignatures.importKey(spki)?.verify(algorithm, tbs, signature) ?? false,
    openssl: new X509Certificate(der).verify(issuer.publicKey),
  }
}

const kinds: readonly (readonly [KeyKind, boolean])[] = [
  ['p256', false],
  ['p384', false],
  ['rsa2048', false],
  ['rsa2048', true],
  ['rsa3072', false],
]
const hashes: readonly HashName[] = ['sha256', 'sha384', 'sha512']
const cases = kinds.flatMap(([kind, pss]) => hashes.map((hash) => ({ kind, pss, hash, scheme: pss ? 'RSASSA-PSS' : kind })))

describe.each(cases)('$scheme with $hash', ({ kind, pss, hash }) => {
  const issuer = mint({ ca: true, key: keyPair(kind), hash, pss })
  const subject = mint({ key: keyPair('p256', 1), hash, pss }, issuer)
  const oracle = new X509Certificate(issuer.der)

  it('both accept a signature of the key', () => {
    expect(opinionsOn(subject.der, oracle)).toEqual({ ours: true, openssl: true })
  })

  it('both reject a signature of another key', () => {
    const other = mint({ ca: true, key: keyPair(kind, 1) })
    expect(opinionsOn(subject.der, new X509Certificate(other.der))).toEqual({ ours: false, openssl: false })
  })

  it('both reject an altered signature and an altered certificate', () => {
    const { length } = subject.der
    for (const at of [length - 1, length - 20, length - 60, 40, 60]) {
      const altered = subject.der.with(at, subject.der[at]! ^ 4)
      // OpenSSL cannot parse a certificate with an altered header, so there is nothing to compare.
      try {
        new X509Certificate(altered)
      } catch {
        continue
      }
      expect(opinionsOn(altered, oracle)).toEqual({ ours: false, openssl: false })
    }
  })
})

describe('public roots', () => {
  it.each(rootCertificates.map((pem) => [new X509Certificate(pem).subject.split('\n').at(-1)!, pem]))('%s', (_, pem) => {
    const root = new X509Certificate(pem)
    expect(opinionsOn(root.raw, root)).toEqual({ ours: true, openssl: true })
  })
})
