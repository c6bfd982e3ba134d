import { describe, expect, it } from 'vitest'
import type { RevocationList, Truststore } from '../../src/index.ts'
import { type CrlSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'
import { client, judgeBy, list, revoked, root, unknown, unknownExtension } from './listed.ts'

/** Who may sign revocation lists, and signers whose own status depends on lists of other signers. */

const leaf = client()

describe('who may sign a list', () => {
  const usage = (keyUsage: readonly string[], slot: number): Minted =>
    mint({ ca: true, key: keyPair('p256', slot), subject: 'O=Immunity,CN=Issuing', keyUsage }, root)

  it('a CA whose keyUsage has cRLSign, or without keyUsage', () => {
    const judgeUnder = (issuer: Minted): string => judgeBy([list(), list({ issuer })], [client({}, issuer), issuer])
    expect(judgeUnder(usage(['keyCertSign', 'cRLSign'], 1))).toBe('accepted')
    expect(judgeUnder(usage([], 1))).toBe('accepted')
    expect(judgeUnder(usage(['keyCertSign'], 1))).toBe(unknown)
    const anchor = mint({ ca: true, key: keyPair('p256', 5), subject: 'CN=Anchor', keyUsage: ['keyCertSign'] })
    expect(judge(storeFor(presented, anchor), [client({}, anchor)], { revocation: { lists: [list({ issuer: anchor })] } })).toBe(
      unknown,
    )
  })

  it('another certificate with its name, if it has the same anchor, may sign lists and is not revoked', () => {
    const issuing = usage(['keyCertSign'], 1)
    const below = client({}, issuing)
    const signer = (spec: object = {}, issuer = root): Minted =>
      mint({ key: keyPair('p256', 6), subject: issuing.subject, keyUsage: ['cRLSign'], extendedKeyUsage: [], ...spec }, issuer)
    const judgeSigned = (by: Minted, more: Partial<CrlSpec> = {}, ...lists: readonly RevocationList[]): string =>
      judgeBy([list(), list({ issuer: by, ...more }), ...lists], [below, issuing, by])
    expect(judgeSigned(signer())).toBe('accepted')
    expect(judgeSigned(signer(), { revoked: [{ serial: below.serial }] })).toBe(revoked)
    expect(judgeSigned(signer({ keyUsage: ['digitalSignature'] }))).toBe(unknown)
    expect(judgeSigned(signer({ keyUsage: ['keyCertSign', 'digitalSignature'] }))).toBe(unknown)
    expect(judgeSigned(signer({ notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }))).toBe(unknown)
    expect(judgeSigned(signer({ extensions: [unknownExtension(true)] }))).toBe(unknown)
    expect(judgeSigned(signer({ signWith: keyPair('p256', 7) }))).toBe(unknown)
    expect(judgeSigned(signer({ subject: 'O=Immunity,CN=Issuing Lists' }), { issuerName: issuing.subject })).toBe(unknown)
    const bySelf = signer()
    expect(judgeSigned(bySelf, {}, list({ revoked: [{ serial: bySelf.serial }] }))).toBe(unknown)
  })

  it('another listed certificate with its name, under every kind of trust', () => {
    const issuing = usage(['keyCertSign'], 1)
    const below = client({}, issuing)
    const signer = mint({ key: keyPair('p256', 6), subject: issuing.subject, keyUsage: ['cRLSign'], extendedKeyUsage: [] }, root)
    for (const trust of ['roots', 'every-ca', 'every-certificate'] as const) {
      const listing = storeFor({ ...presented, trust }, root, issuing, signer)
      const judgeWith = (...lists: readonly RevocationList[]): string => judge(listing, [below], { revocation: { lists } })
      expect([trust, judgeWith(list(), list({ issuer: signer }))]).toEqual([trust, 'accepted'])
      expect([trust, judgeWith(list({ revoked: [{ serial: signer.serial }] }), list({ issuer: signer }))]).toEqual([
        trust,
        unknown,
      ])
    }
  })

  it('no certificate whose own status depends on that list', () => {
    const spec = { subject: root.subject, key: keyPair('p256', 8), keyUsage: ['digitalSignature', 'cRLSign'] }
    const own = client(spec)
    const twin = client(spec)
    const forged = list({ issuer: own })
    expect(judgeBy([list()], [own, twin])).toBe('accepted')
    expect(judgeBy([forged], [own, twin])).toBe(unknown)
    expect(judgeBy([forged, list({ revoked: [{ serial: own.serial }] })], [own, twin])).toBe(revoked)
    expect(judgeBy([forged], [leaf, own])).toBe(unknown)
  })

  it('no CA with the same name and another key, listed or presented', () => {
    const namesake = mint({ ...root.spec, key: keyPair('p256', 9) })
    const forged = list({ issuer: namesake })
    expect(judgeBy([forged], [leaf, namesake])).toBe(unknown)
    const both = storeFor(presented, root, namesake)
    expect(judge(both, [leaf], { revocation: { lists: [list()] } })).toBe('accepted')
    expect(judge(both, [leaf], { revocation: { lists: [forged] } })).toBe(unknown)
    expect(judge(both, [client({}, namesake)], { revocation: { lists: [list()] } })).toBe(unknown)
  })

  it('what one truststore remembers about a list is not used by another', () => {
    const namesake = mint({ ...root.spec, key: keyPair('p256', 9) })
    const shared = list()
    const elsewhere = storeFor(presented, namesake)
    for (let round = 0; round < 2; round++) {
      expect(judgeBy([shared], [leaf])).toBe('accepted')
      expect(judge(elsewhere, [client({}, namesake)], { revocation: { lists: [shared] } })).toBe(unknown)
    }
  })
})

describe('CRL signers that clear each other in a long chain', () => {
  const refusedAsUnknown = /^(revocation_unknown|budget_exhausted) 0$/
  const chain: readonly Minted[] = [5, 6, 7, 8].map((slot) =>
    mint(
      {
        key: keyPair('p256', slot),
        subject: root.subject,
        keyUsage: ['cRLSign'],
        extendedKeyUsage: [],
        crlDistributionPoints: [`http://lists.example/${slot}`],
      },
      root,
    ),
  )
  const store: Truststore = storeFor(presented, root)
  const leafAt = client({ crlDistributionPoints: ['http://lists.example/leaf'] })

  /** The first signs the list for the client, the second the list for the first, and so on. The root signs the list for the last. */
  function listsOf(signers: readonly Minted[], last: Partial<CrlSpec> = {}): readonly RevocationList[] {
    return [
      list({ issuer: signers[0]!, idp: { uri: 'http://lists.example/leaf' } }),
      ...signers.map((_signer, i) => {
        const idp = { uri: `http://lists.example/${5 + i}` }
        return list({ issuer: signers[i + 1] ?? root, idp, ...(i === signers.length - 1 ? { ...last, idp } : {}) })
      }),
    ]
  }

  it('clear nobody', () => {
    const judged = [1, 2, 3, 4].map((count) => {
      const signers = chain.slice(0, count)
      return judge(store, [leafAt, ...signers], { revocation: { lists: listsOf(signers) } })
    })
    expect(judged.slice(0, 2)).toEqual(['accepted', 'accepted'])
    for (const deeper of judged.slice(2)) expect(deeper).toMatch(refusedAsUnknown)
  })

  it('are not affected by a list that none of them signed', () => {
    const signers = chain.slice(0, 2)
    const forged = list({
      signWith: keyPair('p256', 77),
      revoked: signers.map(({ serial }) => ({ serial })),
      idp: { uri: 'http://lists.example/nowhere' },
    })
    expect(judge(store, [leafAt, ...signers], { revocation: { lists: [...listsOf(signers), forged] } })).toBe('accepted')
  })

  it('clear nobody if the last list revokes one of them', () => {
    const signers = chain.slice(0, 3)
    const last = listsOf(signers, { revoked: [{ serial: signers[2]!.serial }] })
    expect(judge(store, [leafAt, ...signers], { revocation: { lists: last, unknown: 'allow' } })).toMatch(refusedAsUnknown)
  })
})
