import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  type Policy,
  profiles,
  pureSignatures,
  type SignatureBackend,
  verifyChain,
} from '../../../../src/index.ts'
import { encode, nothing } from '../../../support/asn1.ts'
import { keyPair, mint } from '../../../support/mint.ts'
import { intermediate, presented, root, storeFor } from '../../../support/rejected-chain.ts'
import {
  client,
  clientWith,
  daysAgo,
  issuing,
  judge,
  judgeClient,
  listOf,
  revokesClient,
  rootList,
  trust,
} from '../../../support/revocable.ts'

/** Revocation by CRL: which certificates are checked, which lists count, and their permitted signers. */

const good = listOf()
const unknown = 'revocation_unknown 0'
const revoked = 'revoked 0'

describe('revocation is checked', () => {
  it('for every certificate below the anchor', () => {
    expect(judge([rootList, good])).toBe('accepted')
    expect(judge([good, rootList])).toBe('accepted')
    expect(judge([rootList])).toBe(unknown)
    expect(judge([good])).toBe('revocation_unknown 1')
    expect(judge([])).toBe(unknown)
    expect(judgeClient([listOf(revokesClient)])).toBe(revoked)
    expect(judge([good, listOf({ revoked: [{ serial: issuing.serial }] }, root)])).toBe('revoked 1')
    expect(judge([good, listOf({ revoked: [{ serial: root.serial }] }, root)])).toBe('accepted')
  })

  it('for the leaf alone, where that is asked for', () => {
    expect(judge([good], { depth: 'leaf' })).toBe('accepted')
    expect(judge([good, listOf({ revoked: [{ serial: issuing.serial }] }, root)], { depth: 'leaf' })).toBe('accepted')
    expect(judge([listOf(revokesClient)], { depth: 'leaf' })).toBe(revoked)
    expect(judge([rootList], { depth: 'leaf' })).toBe(unknown)
    expect(judge([], { depth: 'leaf' })).toBe(unknown)
  })

  it('not for a leaf that is its own anchor', () => {
    const pinned = mint({ key: keyPair('p256', 91), subject: 'CN=Pinned' })
    for (const depth of ['leaf', 'chain'] as const) {
      expect(judge([], { store: storeFor(presented, pinned), chain: [pinned], depth })).toBe('accepted')
    }
  })

  it('with certificates that no list covers allowed, where that is asked for', () => {
    expect(judge([], { unknown: 'allow' })).toBe('accepted')
    expect(judge([listOf(revokesClient)], { unknown: 'allow' })).toBe(revoked)
    // A list that covers them but cannot be relied on is no missing list.
    const forged = listOf({ signWith: keyPair('p256', 99) })
    expect(judge([forged], { unknown: 'allow' })).toBe(unknown)
    expect(judge([listOf({ thisUpdate: daysAgo(9), nextUpdate: daysAgo(2) })], { unknown: 'allow' })).toBe(unknown)
  })

  it('and the message says when it was revoked, or whose list is missing', () => {
    const chain = [client.der, issuing.der]
    expect(verifyChain(trust, chain, { revocation: { lists: [listOf(revokesClient)] } })).toMatchObject({
      code: 'revoked',
      message: 'leaf certificate CN=Client,O=Verify: revoked on 2026-01-02T03:04:05Z',
    })
    expect(verifyChain(trust, chain, { revocation: { lists: [] } })).toMatchObject({
      message: 'leaf certificate CN=Client,O=Verify: no revocation list covers it (issuer CN=Issuing,O=Verify)',
    })
    expect(verifyChain(trust, chain, { revocation: { lists: [listOf({ signWith: keyPair('p256', 99) })] } })).toMatchObject({
      message: expect.stringMatching(
        /cannot be relied on: CRL number \d+ of CN=Issuing,O=Verify, issued on \S+: no permitted signer signed it: /,
      ),
    })
    const stale = { thisUpdate: daysAgo(9), nextUpdate: daysAgo(2) }
    expect(verifyChain(trust, chain, { revocation: { lists: [listOf(stale)] } })).toMatchObject({
      message: expect.stringMatching(/CN=Issuing,O=Verify, issued on \S+: it expired on 20..-..-..T..:..:..Z \(nextUpdate\)/),
    })
    expect(verifyChain(trust, chain, { revocation: { lists: [listOf()], maxAgeDays: 0 } })).toMatchObject({
      message: expect.stringContaining('is older than maxAgeDays (0) allows'),
    })
  })

  it('with a revoked CA reported before a leaf of which nothing is known', () => {
    expect(judge([listOf({ revoked: [{ serial: issuing.serial }] }, root)])).toBe('revoked 1')
  })
})

describe('the age of a list', () => {
  const old = { thisUpdate: daysAgo(9), nextUpdate: daysAgo(2) }

  it('is limited by nextUpdate, unless that is allowed', () => {
    expect(judgeClient([listOf(old)])).toBe(unknown)
    expect(judgeClient([listOf(old)], { expired: 'allow' })).toBe('accepted')
    expect(judgeClient([listOf(old), good])).toBe('accepted')
    expect(judgeClient([good, listOf(old)])).toBe('accepted')
  })

  it('does not matter if the list names the certificate', () => {
    expect(judgeClient([listOf({ ...old, ...revokesClient })])).toBe(revoked)
    expect(judgeClient([good, listOf({ ...old, ...revokesClient })])).toBe(revoked)
    expect(judgeClient([listOf({ ...old, ...revokesClient, signWith: keyPair('p256', 99) }), good])).toBe('accepted')
  })

  it('is counted to the end of the second of nextUpdate', () => {
    const nextUpdate = daysAgo(-3)
    const list = listOf({ nextUpdate })
    const far = listOf({ nextUpdate: daysAgo(-30) }, root)
    expect(judge([far, list], { at: nextUpdate.getTime() + 999 })).toBe('accepted')
    expect(judge([far, list], { at: nextUpdate.getTime() + 1000 })).toBe(unknown)
  })

  it('is limited by the caller', () => {
    const week = listOf({ thisUpdate: daysAgo(7) })
    expect(judgeClient([week], { maxAgeDays: 8 })).toBe('accepted')
    expect(judgeClient([week], { maxAgeDays: 6 })).toBe(unknown)
    expect(judgeClient([week], { maxAgeDays: 6, expired: 'allow' })).toBe(unknown)
    expect(judgeClient([listOf({ thisUpdate: daysAgo(7), ...revokesClient })], { maxAgeDays: 6 })).toBe(revoked)
  })

  it('is not known without nextUpdate, unless the caller limits it', () => {
    const endless = listOf({ nextUpdate: null })
    expect(judgeClient([endless])).toBe(unknown)
    expect(judgeClient([endless], { expired: 'allow' })).toBe('accepted')
    expect(judgeClient([endless], { maxAgeDays: 2 })).toBe('accepted')
    expect(judgeClient([listOf({ nextUpdate: null, ...revokesClient })])).toBe(revoked)
  })

  it('must not be negative', () => {
    const thisUpdate = daysAgo(-1)
    expect(judgeClient([listOf({ thisUpdate })])).toBe(unknown)
    expect(judgeClient([listOf({ thisUpdate, ...revokesClient })])).toBe(revoked)
    expect(judgeClient([listOf({ thisUpdate, ...revokesClient }), good])).toBe(revoked)
    expect(judgeClient([listOf({ thisUpdate })], { expired: 'allow', unknown: 'allow' })).toBe(unknown)
  })
})

describe('several lists', () => {
  it('revoke what one of them revokes', () => {
    expect(judgeClient([good, listOf(revokesClient)])).toBe(revoked)
    expect(judgeClient([listOf(revokesClient), good])).toBe(revoked)
  })

  it('of other issuers do not matter', () => {
    const other = mint({ ca: true, key: keyPair('p256', 92), subject: 'O=Verify,CN=Other' })
    expect(judgeClient([listOf(revokesClient, other), good])).toBe('accepted')
    expect(judgeClient([listOf({}, other)])).toBe(unknown)
    expect(judgeClient([listOf({}, other)], { unknown: 'allow' })).toBe('accepted')
  })
})

describe('a list', () => {
  it('may be of version 1', () => {
    expect(judgeClient([listOf({ version: 1 })])).toBe('accepted')
    expect(judgeClient([listOf({ version: 1, ...revokesClient })])).toBe(revoked)
  })

  it('needs a number if the policy demands RFC 5280 in full', () => {
    const store = storeFor(profiles.rfc5280, root)
    expect(judgeClient([good], { store })).toBe('accepted')
    expect(judgeClient([listOf({ crlNumber: null })], { store })).toBe(unknown)
    expect(judgeClient([listOf({ crlNumber: null })])).toBe('accepted')
  })

  it('of a CA that may not sign lists is not relied on', () => {
    const ca = mint({ ...issuing.spec, keyUsage: ['keyCertSign'] }, root)
    expect(judgeClient([good], { chain: [client, ca] })).toBe(unknown)
    const silent = mint({ ...issuing.spec, keyUsage: [] }, root)
    expect(judgeClient([good], { chain: [client, silent] })).toBe('accepted')
  })

  it('of an anchor that may not sign lists is not relied on, even if anchor constraints are not enforced', () => {
    const anchor = mint({ ...root.spec, keyUsage: ['keyCertSign'] })
    for (const enforceAnchorConstraints of [true, false]) {
      const store = storeFor({ ...presented, enforceAnchorConstraints }, anchor)
      expect(judge([rootList, good], { store })).toBe('revocation_unknown 1')
    }
  })
})

describe('a certificate that only signs lists', () => {
  const signerSpec = { key: keyPair('p256', 93), subject: issuing.subject, keyUsage: ['cRLSign'], extendedKeyUsage: [] }
  const signer = mint(signerSpec, root)
  const bySigner = listOf({}, signer)
  const chain = [client, issuing, signer]

  it('signs for the CA of its name below the same anchor', () => {
    expect(judgeClient([bySigner], { chain })).toBe('accepted')
    expect(judgeClient([listOf(revokesClient, signer)], { chain })).toBe(revoked)
    expect(judgeClient([bySigner])).toBe(unknown)
  })

  it('may be in the truststore', () => {
    const policy: Policy = { ...profiles.apiGateway, trust: 'roots' }
    const store = storeFor(policy, root, issuing, signer)
    expect(judgeClient([bySigner], { store, chain: [client] })).toBe('accepted')
    expect(judgeClient([bySigner], { store: storeFor(policy, root, issuing), chain: [client] })).toBe(unknown)
  })

  it('must not be revoked, nor unknown', () => {
    const without = listOf({ revoked: [{ serial: signer.serial }] }, root)
    expect(judge([without, bySigner], { chain })).toBe(unknown)
    expect(judge([rootList, bySigner], { chain })).toBe('accepted')
    // The CA is not checked here, but the signer is.
    expect(judge([bySigner], { chain, depth: 'leaf' })).toBe(unknown)
    expect(judge([bySigner], { chain, depth: 'leaf', unknown: 'allow' })).toBe('accepted')
  })

  it('cannot clear itself', () => {
    const below = mint(signerSpec, issuing)
    // Its own revocation would be on the list that it signs.
    expect(judgeClient([listOf({}, below)], { chain: [client, issuing, below] })).toBe(unknown)
    expect(judgeClient([listOf({}, below), good], { chain: [client, issuing, below] })).toBe('accepted')
  })

  it.each([
    ['without cRLSign', { keyUsage: ['digitalSignature'] }],
    ['that has expired', { notBefore: daysAgo(20), notAfter: daysAgo(10) }],
    ['with an unknown critical extension', { extensions: [{ oid: '1.2.3.4', critical: true, value: encode(nothing()) }] }],
    ['whose own signature is weak', { hash: 'sha1' as const }],
    ['of another key', { key: keyPair('p256', 94) }],
  ])('is refused %s', (_what, more) => {
    const bad = mint({ ...signerSpec, ...more }, root)
    expect(judgeClient([bySigner], { chain: [client, issuing, bad] })).toBe(unknown)
  })

  it('is refused below another anchor', () => {
    const otherRoot = mint({ ca: true, key: keyPair('p256', 95), subject: 'O=Verify,CN=Other Root' })
    const foreign = mint(signerSpec, otherRoot)
    const store = storeFor(presented, root, otherRoot)
    const lists = [listOf({}, foreign), listOf({}, otherRoot)]
    expect(judgeClient(lists, { store, chain: [client, issuing, foreign] })).toBe(unknown)
    expect(judgeClient([bySigner], { store, chain })).toBe('accepted')
    const unplaced = mint(signerSpec, intermediate)
    expect(judgeClient([listOf({}, unplaced)], { chain: [client, issuing, unplaced] })).toBe(unknown)
  })
})

/** Counts verifications. */
function counting(): { readonly backend: SignatureBackend; count: () => number } {
  let verified = 0
  const backend: SignatureBackend = {
    name: 'counting',
    importKey(spki) {
      const key = pureSignatures.importKey(spki)
      return (
        key && {
          verify(algorithm, data, signature) {
            verified++
            return key.verify(algorithm, data, signature)
          },
        }
      )
    },
  }
  return { backend, count: () => verified }
}

describe('the signature of a list', () => {
  it('is checked once in its lifetime', () => {
    const { backend, count } = counting()
    const store = buildTruststore(root.der, { policy: presented, signatures: backend })
    const lists = [listOf({}, root), listOf()]
    const before = count()
    expect(judge(lists, { store })).toBe('accepted')
    expect(count() - before).toBe(4)
    // Once more, because the CA was unknown when its client's signature was checked first. Then that is remembered as well.
    expect(judge(lists, { store })).toBe('accepted')
    expect(count() - before).toBe(5)
    expect(judge(lists, { store })).toBe('accepted')
    expect(count() - before).toBe(5)
  })

  it('is remembered for the key, not for the name', () => {
    const twin = mint({ ...issuing.spec, key: keyPair('p256', 96) }, root)
    const list = listOf()
    expect(judgeClient([list])).toBe('accepted')
    expect(judgeClient([list], { chain: [clientWith({}, twin), twin] })).toBe(unknown)
    expect(judgeClient([list])).toBe('accepted')
  })

  it('is not remembered when the budget did not allow to check it', () => {
    const list = listOf()
    const lists = [listOf({}, root), list]
    const poor = (signatures: number): string =>
      judge(lists, { store: storeFor({ ...presented, budget: { ...presented.budget, signatures } }, root) })
    expect(poor(2)).toBe('budget_exhausted 0')
    expect(poor(4)).toBe('accepted')
    expect(poor(2)).toBe('accepted')
  })

  it('is not checked in lists that do not decide', () => {
    const { backend, count } = counting()
    const store = buildTruststore(root.der, { policy: presented, signatures: backend })
    const before = count()
    const stale = listOf({ thisUpdate: daysAgo(9), nextUpdate: daysAgo(2) })
    expect(judge([rootList, stale], { store })).toBe(unknown)
    // Client, CA, and the root's list, which no other backend has verified.
    expect(count() - before).toBe(3)
  })

  it('uses up names as well', () => {
    const poor = { ...presented, budget: { ...presented.budget, nameComparisons: 3 } }
    expect(judgeClient([good, good, good], { store: storeFor(poor, root) })).toBe('budget_exhausted 0')
    expect(judgeClient([good], { store: storeFor({ ...poor, budget: { ...poor.budget, nameComparisons: 4 } }, root) })).toBe(
      'accepted',
    )
  })
})
