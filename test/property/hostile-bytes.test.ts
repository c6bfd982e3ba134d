import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  type Certificate,
  decodePem,
  lintTruststore,
  parseCertificate,
  parseRevocationList,
  type RevocationList,
  TruststoreError,
  verifyChain,
} from '../../src/index.ts'
import { keyPair, mint, mintCrl } from '../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Hostile,CN=Root', pathLength: 1 })
const leaf = mint(
  {
    key: keyPair('p256', 1),
    subject: [
      ['C', 'US'],
      [
        ['O', 'Grüße'],
        ['OU', 'x', 'bmp'],
      ],
      ['CN', 'leaf', 'universal'],
    ],
    subjectAltNames: [
      { dns: 'a.example' },
      { ip: '192.0.2.1' },
      { email: 'a@b.example' },
      { uri: 'https://a.example/' },
      { directory: 'CN=a' },
      { other: { oid: '1.2.3.4', value: Uint8Array.of(5, 0) } },
      { registeredId: '1.2.3.4' },
    ],
    nameConstraints: { permitted: [{ dns: 'a.example' }, { ip: '10.0.0.0/8' }], excluded: [{ email: 'b.example' }] },
    certificatePolicies: ['1.2.3.4'],
    policyMappings: [['1.2.3.4', '1.2.3.5']],
    policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: 1 },
    inhibitAnyPolicy: 0,
    crlDistributionPoints: ['http://a.example/crl', { relative: 'CN=crl', crlIssuer: 'CN=issuer', reasons: [1, 2] }],
    ca: false,
  },
  root,
)
const crl = mintCrl({
  issuer: root,
  revoked: [{ serial: leaf.serial, reason: 1 }, { serial: 5n, certificateIssuer: 'CN=other' }, { serial: 6n }],
  idp: { uri: 'http://a.example/crl', indirect: true, onlySomeReasons: [1] },
  deltaBase: 1,
})

interface Edit {
  readonly at: number
  readonly drop: number
  readonly put: Uint8Array
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(4000),
  drop: fc.oneof(fc.constant(1), fc.nat(3), fc.nat(200)),
  put: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 1 }), fc.uint8Array({ maxLength: 8 })),
})

/** A few edits of a valid input. Positions wrap around. */
function mutated(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edited = fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    let result = [...bytes]
    for (const { at, drop, put } of edits) {
      const start = result.length === 0 ? 0 : at % result.length
      result = [...result.slice(0, start), ...put, ...result.slice(start + drop)]
    }
    return Uint8Array.from(result)
  })
  const cut = fc.nat(bytes.length).map((length) => bytes.slice(0, length))
  return fc.oneof({ weight: 8, arbitrary: edited }, { weight: 1, arbitrary: cut }, { weight: 1, arbitrary: fc.uint8Array() })
}

/** Every getter of a view works on anything that was parsed. */
function readAllFields(certificate: Certificate): void {
  const { raw, tbs, version, serialNumber, subject, issuer, notBefore, notAfter, publicKey } = certificate
  const { subjectPublicKeyInfo, signatureAlgorithm, subjectAltNames, basicConstraints, keyUsage } = certificate
  const { extendedKeyUsage, subjectKeyId, authorityKeyId, fingerprint, isSelfIssued } = certificate
  const { formatSubject, formatIssuer } = certificate
  expect([raw, tbs, version, serialNumber, subject, issuer, publicKey, signatureAlgorithm, isSelfIssued]).not.toContain(undefined)
  expect([subjectAltNames, subjectPublicKeyInfo, fingerprint]).not.toContain(undefined)
  expect(Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())).toBe(false)
  void [basicConstraints, keyUsage, extendedKeyUsage, subjectKeyId, authorityKeyId]
  for (const format of ['rfc4514', 'der', 'openssl'] as const) {
    expect(formatSubject.call(certificate, format) + formatIssuer.call(certificate, format)).toEqual(expect.any(String))
  }
  expect(decodePem(certificate.toPem())).toMatchObject({ ok: true })
}

function readAllListFields(list: RevocationList): void {
  const { raw, tbs, version, issuer, thisUpdate, nextUpdate, authorityKeyId, crlNumber, isDelta, isIndirect } = list
  expect([raw, tbs, version, issuer, thisUpdate, isDelta, isIndirect, list.entryCount, list.fingerprint]).not.toContain(undefined)
  void [nextUpdate, authorityKeyId, crlNumber]
  expect(() => ['', '00', '05', 'zz', '80', 'ff'.repeat(30)].map((serial) => list.find(serial))).not.toThrow()
  expect(list.toPem()).toContain('BEGIN X509 CRL')
}

const runs = { numRuns: 1500 }

describe('untrusted bytes', () => {
  it('never make parseCertificate or a getter of its result throw', () => {
    let read = 0
    fc.assert(
      fc.property(mutated(leaf.der), (bytes) => {
        const parsed = parseCertificate(bytes)
        if (parsed.ok) {
          read++
          readAllFields(parsed.value)
        } else {
          expect(parsed.offset).toBeGreaterThanOrEqual(0)
          expect(parsed.offset).toBeLessThanOrEqual(bytes.length)
          expect(parsed.message).not.toBe('')
        }
      }),
      runs,
    )
    // Otherwise the getters were not tested.
    expect(read).toBeGreaterThan(20)
  })

  it('never make parseRevocationList or a getter of its result throw', () => {
    let read = 0
    fc.assert(
      fc.property(mutated(crl.der), (bytes) => {
        const parsed = parseRevocationList(bytes)
        if (parsed.ok) {
          read++
          readAllListFields(parsed.value)
        } else expect(parsed.offset).toBeLessThanOrEqual(bytes.length)
      }),
      runs,
    )
    expect(read).toBeGreaterThan(20)
  })

  it('never make verifyChain throw', () => {
    const store = buildTruststore(root.der)
    fc.assert(
      fc.property(
        fc.array(mutated(leaf.der), { maxLength: 3 }),
        fc.option(fc.string(), { nil: undefined }),
        (chain, serverName) => {
          const verdict = verifyChain(store, chain, serverName === undefined ? {} : { serverName })
          if (!verdict.ok) expect(verdict.message).not.toBe('')
        },
      ),
      { numRuns: 500 },
    )
  })

  it('make a bundle unusable at most, with findings', () => {
    const bundle = Buffer.from(root.pem + leaf.pem + crl.pem)
    fc.assert(
      fc.property(mutated(bundle), (bytes) => {
        for (const input of [bytes, Buffer.from(bytes).toString('latin1')]) {
          expect(lintTruststore(input).findings).toBeInstanceOf(Array)
          expect(decodePem(input).ok).toEqual(expect.any(Boolean))
          try {
            expect(buildTruststore(input).certificates.length).toBeGreaterThan(0)
          } catch (error) {
            expect(error).toBeInstanceOf(TruststoreError)
            expect((error as TruststoreError).findings.length).toBeGreaterThan(0)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
