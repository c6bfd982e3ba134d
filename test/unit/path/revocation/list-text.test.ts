import { describe, expect, it } from 'vitest'
import { type RevocationCheck, type RevocationList, verifyChain } from '../../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../../support/mint.ts'
import { root, storeOf } from '../../../support/rejected-chain.ts'
import { clientWith, daysAgo, issuing, listOf, rootList } from '../../../support/revocable.ts'

/** What a rejection says about the revocation lists: which list, whose, of which date, and why. */

const store = storeOf(root, issuing)
const iso = (date: Date): string => date.toISOString().replace('.000Z', 'Z')
const thisUpdate = daysAgo(9)
const nextUpdate = daysAgo(2)
const coming = daysAgo(-2)
const known = { crlNumber: 4711, thisUpdate }
const name = `CRL number 4711 of CN=Issuing,O=Verify, issued on ${iso(thisUpdate)}`
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes!).toString('hex')

function messageFor(client: Minted, lists: readonly RevocationList[], check: Partial<RevocationCheck> = {}): string {
  const verdict = verifyChain(store, client.der, { revocation: { lists: [rootList, ...lists], ...check } })
  if (verdict.ok) throw new Error('accepted')
  expect(verdict.code).toBe('revocation_unknown')
  return verdict.message.replace(/^leaf certificate CN=Client,O=Verify: /, '')
}

const plain = clientWith({})
const unreliable = (why: string): string =>
  `the revocation lists that cover it cannot be relied on: ${name}: ${why} (issuer CN=Issuing,O=Verify)`
const uncovered = (why: string): string => `no revocation list covers it (issuer CN=Issuing,O=Verify): ${why}`

describe('a list that cannot be relied on', () => {
  it.each<[string, RevocationList, string, Partial<RevocationCheck>?]>([
    ['has expired', listOf({ ...known, nextUpdate }), `it expired on ${iso(nextUpdate)} (nextUpdate)`],
    ['has no end', listOf({ ...known, nextUpdate: null }), 'it has no nextUpdate, and maxAgeDays is not set'],
    ['is too old', listOf(known), `its thisUpdate, ${iso(thisUpdate)}, is older than maxAgeDays (3) allows`, { maxAgeDays: 3 }],
    [
      'is signed with a weak hash',
      listOf({ ...known, hash: 'sha1' }),
      'the signature (ecdsa-with-SHA1) uses sha1; sha256, sha384, sha512 are accepted',
    ],
    [
      'is signed by another key',
      listOf({ ...known, signWith: keyPair('p256', 99) }),
      `no permitted signer signed it: it is signed by another key, or altered, as its signature does not match the key of CN=Issuing,O=Verify (key id ${hex(issuing.keyId)}); its authority key identifier is ${hex(issuing.keyId)}`,
    ],
    [
      'names another key',
      listOf({ ...known, signWith: keyPair('p256', 99), authorityKeyId: Uint8Array.of(0xab, 0xcd) }),
      `no permitted signer signed it: it is signed by another key, or altered, as its signature does not match the key of CN=Issuing,O=Verify (key id ${hex(issuing.keyId)}); its authority key identifier is abcd`,
    ],
  ])('%s: the message has its values', (_, list, why, check) => {
    expect(messageFor(plain, [list], check)).toBe(unreliable(why))
  })

  it('is not valid yet', () => {
    const future = listOf({ crlNumber: 5, thisUpdate: coming, nextUpdate: daysAgo(-9) })
    expect(messageFor(plain, [future])).toContain(
      `CRL number 5 of CN=Issuing,O=Verify, issued on ${iso(coming)}: it is not valid before ${iso(coming)} (thisUpdate)`,
    )
  })

  it('covers some reasons only', () => {
    const list = listOf({ ...known, idp: { onlySomeReasons: [1, 2, 3, 4, 5, 6, 7] } })
    expect(messageFor(plain, [list])).toBe(
      'the revocation lists that cover it cannot be relied on: they do not cover the reason aACompromise (issuer CN=Issuing,O=Verify)',
    )
  })

  it('is a delta alone', () => {
    expect(messageFor(plain, [listOf({ ...known, deltaBase: 1 })])).toContain('a complete list is needed')
  })

  it('names the certificate, but its signer may not sign it', () => {
    const client = clientWith({ serial: 77n })
    const list = listOf({ ...known, revoked: [{ serial: 77n }], hash: 'sha1' })
    expect(messageFor(client, [list])).toBe(
      `a revocation list names it, but cannot be relied on: ${name}: the signature (ecdsa-with-SHA1) uses sha1; sha256, sha384, sha512 are accepted (issuer CN=Issuing,O=Verify)`,
    )
    const silent = mint({ ca: true, key: keyPair('p256', 90), subject: 'O=Verify,CN=Issuing', keyUsage: ['keyCertSign'] }, root)
    const verdict = verifyChain(storeOf(root, silent), client.der, {
      revocation: { lists: [rootList, listOf({ ...known, revoked: [{ serial: 77n }] })] },
    })
    expect(verdict).toMatchObject({
      message: expect.stringContaining(`${name}: the keyUsage of its CA does not include cRLSign (signer CN=Issuing,O=Verify)`),
    })
  })
})

describe('lists that do not cover a certificate', () => {
  const withPoint: CertificateSpec = { crlDistributionPoints: ['http://crl.example/a.crl', 'http://crl.example/b.crl'] }

  it.each<[string, RevocationList, string, CertificateSpec?]>([
    ['CAs', listOf({ ...known, idp: { onlyContainsCaCerts: true } }), `${name}, covers CA certificates only`],
    [
      'attribute certificates',
      listOf({ ...known, idp: { onlyContainsAttributeCerts: true } }),
      `${name}, covers attribute certificates only`,
    ],
    [
      'another distribution point',
      listOf({ ...known, idp: { fullName: [{ uri: 'http://crl.example/c.crl' }] } }),
      `${name}, is for the distribution point http://crl.example/c.crl, and the certificate names http://crl.example/a.crl; http://crl.example/b.crl`,
      withPoint,
    ],
    [
      'a distribution point',
      listOf({ ...known, idp: { fullName: [{ uri: 'http://crl.example/c.crl' }] } }),
      `${name}, is for the distribution point http://crl.example/c.crl, and the certificate names none`,
    ],
    [
      'other issuers',
      listOf({ ...known, idp: { indirect: true } }),
      `${name}, is indirect, and no distribution point of the certificate names its issuer as cRLIssuer`,
    ],
  ])('are for %s: the message has their scope', (_, list, why, spec = {}) => {
    expect(messageFor(clientWith(spec), [list])).toBe(uncovered(why))
  })

  it('are of others: the message has their issuers', () => {
    expect(messageFor(plain, [])).toBe(uncovered('the lists are of CN=Root,O=Verify'))
    const others = Array.from({ length: 4 }, (_, i) => listOf({}, mint({ ca: true, subject: `CN=Other ${i}` })))
    expect(messageFor(plain, others)).toBe(uncovered('the lists are of CN=Root,O=Verify; CN=Other 0; CN=Other 1; and 2 more'))
  })

  it('are none: the message says no more', () => {
    const verdict = verifyChain(store, plain.der, { revocation: { lists: [] } })
    expect(verdict).toMatchObject({
      message: expect.stringMatching(/no revocation list covers it \(issuer CN=Issuing,O=Verify\)$/),
    })
  })
})

describe('texts', () => {
  it('are not written for an accepted client', () => {
    const list = listOf({ ...known, nextUpdate })
    const current = listOf({ crlNumber: 4712 })
    Object.defineProperty(list, 'issuerForMessage', {
      get: () => {
        throw new Error('a text was written')
      },
    })
    expect(verifyChain(store, plain.der, { revocation: { lists: [list, rootList, current] } })).toMatchObject({ ok: true })
    expect(() => messageFor(plain, [list])).toThrow('a text was written')
  })
})
