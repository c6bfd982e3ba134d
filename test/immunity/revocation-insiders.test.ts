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

/** People with a certificate of their own, below the same root, who try to clear somebody else’s. */

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

describe('another signer of a list', () => {
  const victim = mint({ subject: 'CN=stolen' }, ca)
  const signs = { keyUsage: ['cRLSign'], extendedKeyUsage: [] } as const

  it('control: may be certified by the CA of that name, or by what stands above it', () => {
    for (const issuer of [ca, root]) {
      const signer = mint({ subject: 'CN=Issuing', key: keyPair('p256', 5), ...signs }, issuer)
      expect(judge([victim, ca, signer], [listOf(root), listOf(signer), listOf(ca)])).toBe('accepted')
    }
  })

  it('may not be certified by a sibling CA', () => {
    const customer = mint({ ca: true, key: keyPair('p256', 4), subject: 'CN=Customer', pathLength: 0 }, root)
    const signer = mint({ subject: 'CN=Issuing', key: keyPair('p256', 5), ...signs }, customer)
    expect(judge([victim, ca, signer, customer], [listOf(root), listOf(signer), listOf(customer)])).toBe('revocation_unknown 0')
  })

  it('may not be an end entity without keyUsage that bears the name of the CA', () => {
    const pointed = mint({ subject: 'CN=stolen', crlDistributionPoints: ['http://u1/'] }, ca)
    const shadow = mint(
      { subject: 'CN=Issuing', key: keyPair('p256', 6), keyUsage: [], crlDistributionPoints: ['http://u2/'] },
      ca,
    )
    const lists = [listOf(root), listOf(shadow, { idp: { uri: 'http://u1/' } }), listOf(ca, { idp: { uri: 'http://u2/' } })]
    expect(judge([pointed, ca, shadow], lists)).toBe('revocation_unknown 0')
  })
})

describe('certificates that bear the name of a list’s issuer', () => {
  it('make nobody hash the list unless they have a path of their own', () => {
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
    const strangers = [41, 42, 43].map((slot) => mint({ ca: true, subject: 'CN=Issuing', key: keyPair('p256', slot) }))
    const watched = buildTruststore(root.der, { policy, signatures })
    expect(judge([victim, ca, ...strangers], [listOf(root), list], watched)).toBe('revocation_unknown 0')
    expect(hashed).toEqual([hexOf(ca.key.spki)])
  })
})

describe('a serial number that is listed twice', () => {
  const leaf = mint({ subject: 'CN=l' }, root)
  const { serial } = leaf

  it.each([
    [[1, 6], [8]],
    [[6, 1], [8]],
    [[6], [1, 8]],
    [[6], [8, 1]],
  ])('base %j and delta %j: the entry that revokes counts', (base, delta) => {
    const of = (reasons: readonly number[]) => reasons.map((reason) => ({ serial, reason }))
    const lists = [
      listOf(root, { crlNumber: 5, revoked: of(base) }),
      listOf(root, { crlNumber: 6, deltaBase: 5, revoked: of(delta) }),
    ]
    expect(judge([leaf], lists)).toBe('revoked 0')
  })

  it('control: hold alone is released', () => {
    const lists = [
      listOf(root, { crlNumber: 5, revoked: [{ serial, reason: 6 }] }),
      listOf(root, { crlNumber: 6, deltaBase: 5, revoked: [{ serial, reason: 8 }] }),
    ]
    expect(judge([leaf], lists)).toBe('accepted')
  })
})

describe('what is remembered', () => {
  it('of a list is not taken over by another backend', () => {
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
