import { describe, expect, it } from 'vitest'
import { hexOf } from '../../src/bytes/encoding.ts'
import {
  buildTruststore,
  parseRevocationList,
  profiles,
  pureSignatures,
  type RevocationList,
  type SignatureBackend,
  verifyChain,
} from '../../src/index.ts'
import { type CrlSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'

/** Holders of a certificate below the same root who try to clear a revoked one. */

const policy = { ...profiles.rfc5280, conformance: 'practical' } as const
const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root' })
const store = buildTruststore(root.der, { policy })
const ca = mint({ ca: true, key: keyPair('p256', 3), subject: 'CN=Issuing' }, root)
const listOf = (issuer: Minted, spec: Partial<CrlSpec> = {}): RevocationList =>
  valueIn(parseRevocationList(mintCrl({ issuer, ...spec }).der))

function judge(chain: readonly Minted[], lists: readonly RevocationList[], trust = store): string {
  const verdict = verifyChain(
    trust,
    chain.map(({ der }) => der),
    { revocation: { lists } },
  )
  return verdict.ok ? 'accepted' : `${verdict.code} ${verdict.index}`
}

describe('a list signed by another certificate with the name of the CA', () => {
  const victim = mint({ subject: 'CN=stolen' }, ca)
  const signs = { keyUsage: ['cRLSign'], extendedKeyUsage: [] } as const

  it('control: clears if the CA or a CA above it issued the signer', () => {
    for (const issuer of [ca, root]) {
      const signer = mint({ subject: 'CN=Issuing', key: keyPair('p256', 5), ...signs }, issuer)
      expect(judge([victim, ca, signer], [listOf(root), listOf(signer), listOf(ca)])).toBe('accepted')
    }
  })

  it('does not clear if a sibling CA issued the signer', () => {
    const customer = mint({ ca: true, key: keyPair('p256', 4), subject: 'CN=Customer', pathLength: 0 }, root)
    const signer = mint({ subject: 'CN=Issuing', key: keyPair('p256', 5), ...signs }, customer)
    expect(judge([victim, ca, signer, customer], [listOf(root), listOf(signer), listOf(customer)])).toBe('revocation_unknown 0')
  })

  it('does not clear if the signer is an end-entity certificate without keyUsage', () => {
    const pointed = mint({ subject: 'CN=stolen', crlDistributionPoints: ['http://u1/'] }, ca)
    const shadow = mint(
      { subject: 'CN=Issuing', key: keyPair('p256', 6), keyUsage: [], crlDistributionPoints: ['http://u2/'] },
      ca,
    )
    const lists = [listOf(root), listOf(shadow, { idp: { uri: 'http://u1/' } }), listOf(ca, { idp: { uri: 'http://u2/' } })]
    expect(judge([pointed, ca, shadow], lists)).toBe('revocation_unknown 0')
  })
})

describe('certificates with the name of a list’s issuer', () => {
  it('do not cause the list to be hashed unless they have a valid path', () => {
    const hashed: string[] = []
    const list = listOf(mint({ ca: true, subject: 'CN=Issuing', key: keyPair('p256', 40) }))
    const signatures: SignatureBackend = {
      name: 'watching',
      importKey(spki, tables) {
        const key = pureSignatures.importKey(spki, tables)
        if (key === undefined) return undefined
        return {
          verify(algorithm, data, signature) {
            if (data.length === list.tbs.length && data.every((byte, i) => byte === list.tbs[i])) hashed.push(hexOf(spki))
            return key.verify(algorithm, data, signature)
          },
        }
      },
    }
    const victim = mint({ subject: 'CN=victim' }, ca)
    const unknown = [41, 42, 43].map((slot) => mint({ ca: true, subject: 'CN=Issuing', key: keyPair('p256', slot) }))
    const watched = buildTruststore(root.der, { policy, signatures })
    expect(judge([victim, ca, ...unknown], [listOf(root), list], watched)).toBe('revocation_unknown 0')
    expect(hashed).toEqual([hexOf(ca.key.spki)])
  })
})

describe('a serial number that occurs twice', () => {
  const leaf = mint({ subject: 'CN=l' }, root)
  const { serial } = leaf

  it.each([
    [[1, 6], [8]],
    [[6, 1], [8]],
    [[6], [1, 8]],
    [[6], [8, 1]],
  ])('is revoked by base %j and delta %j: the entry that revokes counts', (base, delta) => {
    const of = (reasons: readonly number[]) => reasons.map((reason) => ({ serial, reason }))
    const lists = [
      listOf(root, { crlNumber: 5, revoked: of(base) }),
      listOf(root, { crlNumber: 6, deltaBase: 5, revoked: of(delta) }),
    ]
    expect(judge([leaf], lists)).toBe('revoked 0')
  })

  it('control: is accepted if its only entry is a hold that a delta releases', () => {
    const lists = [
      listOf(root, { crlNumber: 5, revoked: [{ serial, reason: 6 }] }),
      listOf(root, { crlNumber: 6, deltaBase: 5, revoked: [{ serial, reason: 8 }] }),
    ]
    expect(judge([leaf], lists)).toBe('accepted')
  })
})

describe('remembered signatures', () => {
  it('of a list are not used by another backend', () => {
    const leaf = mint({ subject: 'CN=l' }, root)
    const forged = listOf(root, { signWith: keyPair('p256', 99) })
    const gullible: SignatureBackend = { name: 'gullible', importKey: () => ({ verify: () => true }) }
    expect(judge([leaf], [forged], buildTruststore(root.der, { policy, signatures: gullible }))).toBe('accepted')
    expect(judge([leaf], [forged])).toBe('revocation_unknown 0')
  })

  it('of a Buffer is a copy', () => {
    const own = mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=T' })
    const bytes = Buffer.from(own.der)
    const trust = buildTruststore(bytes)
    bytes.fill(0)
    expect(verifyChain(trust, mint({ subject: 'CN=e' }, own).der).ok).toBe(true)
    expect(Buffer.from(trust.certificates[0]!.raw)).toEqual(Buffer.from(own.der))
  })
})
