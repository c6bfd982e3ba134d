import { describe, expect, it } from 'vitest'
import { buildTruststore, diffTruststores } from '../../../src/index.ts'
import { CountingSignatures } from '../../support/counting-signatures.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'

const noKeyIds: CertificateSpec = { subjectKeyId: false, authorityKeyId: false }
const name = 'O=Graph,CN=Root'

function root(slot: number, spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, subject: name, key: keyPair('p256', slot), ...spec })
}

/** CAs with different keys. */
function below(issuer: Minted, count: number, spec: CertificateSpec = {}): readonly Minted[] {
  return Array.from({ length: count }, (_, i) =>
    mint({ ca: true, subject: `O=Graph,CN=Sub ${i}`, key: keyPair('p256', 600 + i), ...spec }, issuer),
  )
}

/** How many signatures building computes. */
function signaturesFor(...certificates: readonly Minted[]): number {
  const signatures = new CountingSignatures()
  buildTruststore(
    certificates.map(({ der }) => der),
    { signatures },
  )
  return signatures.verified
}

describe('who signed whom is found out by one signature for each certificate', () => {
  const first = root(0)

  it('below a root', () => {
    expect(signaturesFor(first, ...below(first, 5))).toBe(6)
  })

  it('below a root that was renewed with its key, whatever identifiers the renewals have', () => {
    const renewals = [root(0), root(0, { subjectKeyId: Uint8Array.of(1) }), root(0, noKeyIds)]
    expect(signaturesFor(...renewals, first, ...below(first, 5))).toBe(9)
  })

  it('below a root with several keys, where identifiers are right', () => {
    const rekeyed = [1, 2, 3].map((slot) => root(slot))
    expect(signaturesFor(...rekeyed, first, ...below(first, 5), ...below(rekeyed[1]!, 5))).toBe(14)
  })

  it('and by a second key of the root that the first key certified, because self-signed certificates are checked first', () => {
    const next = mint({ ca: true, subject: name, key: keyPair('p256', 5) }, first)
    expect(signaturesFor(first, next, ...below(next, 5))).toBe(1 + 2 + 5)
  })

  it('of roots of one name without identifiers, each of which is asked itself first', () => {
    const roots = [0, 1, 2, 3, 4, 5].map((slot) => root(slot, noKeyIds))
    expect(signaturesFor(...roots)).toBe(6)
  })
})

describe('where key identifiers do not tell', () => {
  it('every key with the name is tried once', () => {
    const keys = [1, 2, 3].map((slot) => root(slot))
    const elsewhere = mint({ ca: true, subject: name, key: keyPair('p256', 4) })
    // Three for the roots themselves, and three in vain, though each key has two certificates.
    expect(signaturesFor(...keys, ...[1, 2, 3].map((slot) => root(slot)), ...below(elsewhere, 1))).toBe(6 + 3)
  })

  it('those that a build leaves out are no issuers, and those that share their key are', () => {
    const bad = root(0, { keyUsage: ['digitalSignature'] })
    const sub = below(bad, 1)
    const store = (...certificates: readonly Minted[]): ReturnType<typeof buildTruststore> =>
      buildTruststore(certificates.map(({ der }) => der))
    const other = mint({ ca: true, subject: 'O=Graph,CN=Other', key: keyPair('p256', 7) })
    expect(diffTruststores(store(bad, root(0), ...sub), store(other)).droppedIssuers).toEqual([
      'CN=Root,O=Graph',
      'CN=Sub 0,O=Graph',
    ])
    expect(diffTruststores(store(bad, other, ...sub), store(other)).droppedIssuers).toEqual([])
  })
})
