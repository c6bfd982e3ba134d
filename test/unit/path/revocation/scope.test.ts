import { describe, expect, it } from 'vitest'
import type { RevocationList } from '../../../../src/index.ts'
import type { DistributionPointSpec } from '../../../support/extensions.ts'
import { type CrlSpec, keyPair, type Minted, mint } from '../../../support/mint.ts'
import { root } from '../../../support/rejected-chain.ts'
import { client, clientWith, issuing, judge, judgeClient, listOf, revokesClient, rootList } from '../../../support/revocable.ts'

/** The certificates and reasons that a list covers: distribution points, indirect and delta lists. */

const good = listOf()
const unknown = 'revocation_unknown 0'
const revoked = 'revoked 0'
const scoped = (idp: CrlSpec['idp'], more: Partial<CrlSpec> = {}): RevocationList => listOf({ idp: idp!, ...more })

describe('a list for some kinds of certificates', () => {
  it('covers users', () => {
    expect(judgeClient([scoped({ onlyContainsUserCerts: true })])).toBe('accepted')
    expect(judgeClient([scoped({ onlyContainsUserCerts: true }, revokesClient)])).toBe(revoked)
    expect(judge([good, listOf({ idp: { onlyContainsUserCerts: true } }, root)])).toBe('revocation_unknown 1')
  })

  it('covers CAs', () => {
    expect(judgeClient([scoped({ onlyContainsCaCerts: true })])).toBe(unknown)
    // The client's own CA signed it, and every certificate that it names is revoked.
    expect(judgeClient([scoped({ onlyContainsCaCerts: true }, revokesClient)])).toBe(revoked)
    expect(judge([good, listOf({ idp: { onlyContainsCaCerts: true } }, root)])).toBe('accepted')
  })

  it('treats a leaf that is a CA as a CA', () => {
    const chain = [clientWith({ ca: true, keyUsage: [] }), issuing]
    const [users, authorities] = [scoped({ onlyContainsUserCerts: true }), scoped({ onlyContainsCaCerts: true })]
    expect(judgeClient([users], { chain })).toBe(unknown)
    expect(judgeClient([authorities], { chain })).toBe('accepted')
    expect(judgeClient([users, authorities], { chain })).toBe('accepted')
    expect(judgeClient([users, authorities])).toBe('accepted')
  })

  it('does not cover certificates if it is about attribute certificates', () => {
    expect(judgeClient([scoped({ onlyContainsAttributeCerts: true })])).toBe(unknown)
    expect(judgeClient([scoped({ onlyContainsAttributeCerts: true }, revokesClient), good])).toBe(revoked)
  })

  it('does not cover a certificate of version 1', () => {
    const chain = [clientWith({ version: 1 }), issuing]
    expect(judgeClient([good], { chain })).toBe('accepted')
    expect(judgeClient([scoped({ onlyContainsUserCerts: true })], { chain })).toBe(unknown)
    expect(judgeClient([scoped({ onlyContainsCaCerts: true })], { chain })).toBe(unknown)
  })
})

/** A client with these distribution points, and its chain. */
function pointing(...crlDistributionPoints: readonly DistributionPointSpec[]): readonly Minted[] {
  return [clientWith({ crlDistributionPoints }), issuing]
}

describe('a list of one distribution point', () => {
  const one = 'http://crl.example/1'
  const two = 'http://crl.example/2'

  it.each<readonly [string, readonly DistributionPointSpec[], CrlSpec['idp'], string]>([
    ['the same URI', [{ uri: one }], { uri: one }, 'accepted'],
    ['another URI', [{ uri: one }], { uri: two }, unknown],
    ['another case in the URI', [{ uri: one }], { uri: one.toUpperCase() }, unknown],
    ['one of several points', [{ uri: two }, { uri: one }], { uri: one }, 'accepted'],
    [
      'one of several names',
      [{ fullName: [{ uri: two }, { uri: one }] }],
      { fullName: [{ uri: 'x:y' }, { uri: one }] },
      'accepted',
    ],
    ['no point', [], { uri: one }, unknown],
    [
      'a directory name',
      [{ fullName: [{ directory: 'O=Verify,CN=1' }] }],
      { fullName: [{ directory: 'O=VERIFY,CN= 1' }] },
      'accepted',
    ],
    ['another directory name', [{ fullName: [{ directory: 'CN=1' }] }], { fullName: [{ directory: 'CN=2' }] }, unknown],
    ['the same relative name', [{ relative: 'CN=1' }], { relative: 'CN=1' }, 'accepted'],
    ['a relative name in another case', [{ relative: 'CN=a b' }], { relative: 'CN=A  B' }, 'accepted'],
    ['another relative name', [{ relative: 'CN=1' }], { relative: 'CN=2' }, unknown],
    ['a relative and a full name', [{ relative: 'CN=1' }], { fullName: [{ directory: 'O=Verify,CN=Issuing,CN=1' }] }, 'accepted'],
    ['a full and a relative name', [{ fullName: [{ directory: 'O=Verify,CN=Issuing,CN=1' }] }], { relative: 'CN=1' }, 'accepted'],
    ['a relative and another full name', [{ relative: 'CN=1' }], { fullName: [{ directory: 'O=Verify,CN=1' }] }, unknown],
  ])('and a certificate with %s', (_what, points, idp, expected) => {
    const chain = pointing(...points)
    expect(judgeClient([scoped(idp)], { chain })).toBe(expected)
    expect(judgeClient([good], { chain })).toBe('accepted')
    // An entry of its CA revokes it whatever the scope.
    expect(judgeClient([scoped(idp, { revoked: [{ serial: chain[0]!.serial }] })], { chain })).toBe(revoked)
  })
})

describe('reasons', () => {
  const some = [1, 2]
  const others = [3, 4, 5, 6, 7, 8]

  it('must all be covered, by one list or several', () => {
    const first = scoped({ onlySomeReasons: some })
    const second = scoped({ onlySomeReasons: others })
    expect(judgeClient([first, second])).toBe('accepted')
    expect(judgeClient([first])).toBe(unknown)
    expect(judgeClient([second])).toBe(unknown)
    expect(judgeClient([first, first])).toBe(unknown)
    expect(judgeClient([first, scoped({ onlySomeReasons: others.slice(1) })])).toBe(unknown)
    expect(judgeClient([first], { unknown: 'allow' })).toBe(unknown)
  })

  it('of one list are enough to revoke', () => {
    const naming = scoped({ onlySomeReasons: some }, revokesClient)
    expect(judgeClient([naming])).toBe(revoked)
    expect(judgeClient([naming, scoped({ onlySomeReasons: others })])).toBe(revoked)
    expect(judgeClient([naming, good])).toBe(revoked)
    // Even if the list does not cover the reason of its entry.
    const entry = { revoked: [{ serial: client.serial, reason: 1 }] }
    expect(judgeClient([scoped({ onlySomeReasons: [5] }, entry)])).toBe(revoked)
  })

  it('of a distribution point limit its lists', () => {
    const point = { uri: 'http://crl.example/1' }
    const rest = { uri: 'http://crl.example/2', reasons: others }
    // A point that leaves the issuer open adds every list of the CA that is not of a point.
    expect(judgeClient([scoped(point)], { chain: pointing({ ...point, reasons: some }) })).toBe(unknown)
    expect(judgeClient([scoped(point)], { chain: pointing(point) })).toBe('accepted')
    const both = pointing({ ...point, reasons: some }, rest)
    expect(judgeClient([scoped(point)], { chain: both })).toBe(unknown)
    expect(judgeClient([scoped({ uri: rest.uri })], { chain: both })).toBe(unknown)
    expect(judgeClient([scoped(point), scoped({ uri: rest.uri })], { chain: both })).toBe('accepted')
  })

  it('that no list can have cover nothing', () => {
    // Bit 0 is unused.
    expect(judgeClient([scoped({ onlySomeReasons: [0] })], { unknown: 'allow' })).toBe('accepted')
    expect(judgeClient([scoped({ onlySomeReasons: [0] })])).toBe(unknown)
  })
})

describe('an indirect list', () => {
  const authority = mint(
    { key: keyPair('p256', 97), subject: 'O=Verify,CN=Lists', keyUsage: ['cRLSign'], extendedKeyUsage: [] },
    root,
  )
  const crlIssuer = 'O=Verify,CN=Lists'
  const target = clientWith({ crlDistributionPoints: [{ uri: 'http://crl.example/1', crlIssuer }] })
  const chain = [target, issuing, authority]
  const indirect = (revoked: CrlSpec['revoked'] = [], idp: CrlSpec['idp'] = {}): RevocationList =>
    listOf({ idp: { indirect: true, ...idp }, revoked }, authority)
  const ours = { certificateIssuer: issuing.subject }
  const theirs = { certificateIssuer: 'O=Verify,CN=Somebody' }

  it('covers certificates that name its issuer', () => {
    expect(judgeClient([indirect()], { chain })).toBe('accepted')
    expect(judgeClient([indirect()], { chain: [client, issuing, authority] })).toBe(unknown)
    expect(judgeClient([listOf({}, authority)], { chain })).toBe(unknown)
    expect(judgeClient([indirect()], { chain: [target, issuing] })).toBe(unknown)
    // A complete list of the CA counts as well (last paragraph of RFC 5280 6.3.3).
    expect(judgeClient([good], { chain })).toBe('accepted')
  })

  it('has entries of several issuers', () => {
    const { serial } = target
    expect(judgeClient([indirect([{ serial, ...ours }])], { chain })).toBe(revoked)
    expect(judgeClient([indirect([{ serial, ...theirs }])], { chain })).toBe('accepted')
    expect(judgeClient([indirect([{ serial }])], { chain })).toBe('accepted')
    expect(
      judgeClient(
        [
          indirect([
            { serial, ...theirs },
            { serial, ...ours },
          ]),
        ],
        { chain },
      ),
    ).toBe(revoked)
  })

  it('has entries that take the issuer of the one before', () => {
    const { serial } = target
    expect(judgeClient([indirect([{ serial: 7n, ...ours }, { serial: 8n }, { serial }])], { chain })).toBe(revoked)
    expect(judgeClient([indirect([{ serial: 7n, ...ours }, { serial: 8n, ...theirs }, { serial }])], { chain })).toBe('accepted')
  })

  it('may be of a point without name, which is that of its issuer', () => {
    const named = { fullName: [{ directory: crlIssuer }] }
    const plain = clientWith({ crlDistributionPoints: [{ crlIssuer }] })
    expect(judgeClient([indirect([], named)], { chain: [plain, issuing, authority] })).toBe('accepted')
    expect(judgeClient([indirect([], { uri: 'http://crl.example/1' })], { chain: [plain, issuing, authority] })).toBe(unknown)
    expect(judgeClient([indirect([], { uri: 'http://crl.example/1' })], { chain })).toBe('accepted')
    expect(judgeClient([indirect([], { uri: 'http://crl.example/2' })], { chain })).toBe(unknown)
    const relative = clientWith({ crlDistributionPoints: [{ relative: 'CN=1', crlIssuer }] })
    expect(judgeClient([indirect([], { relative: 'CN=1' })], { chain: [relative, issuing, authority] })).toBe('accepted')
    expect(judgeClient([indirect([], { relative: 'CN=2' })], { chain: [relative, issuing, authority] })).toBe(unknown)
  })

  it('may be of the anchor itself', () => {
    const byRoot = clientWith({ crlDistributionPoints: [{ crlIssuer: root.subject }] })
    const list = (revoked: CrlSpec['revoked'] = []): RevocationList => listOf({ idp: { indirect: true }, revoked }, root)
    expect(judge([rootList, list()], { chain: [byRoot, issuing] })).toBe('accepted')
    expect(judge([rootList, list([{ serial: byRoot.serial, ...ours }])], { chain: [byRoot, issuing] })).toBe(revoked)
    expect(judge([rootList], { chain: [byRoot, issuing] })).toBe(unknown)
  })
})
