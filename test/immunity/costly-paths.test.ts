import { describe, expect, it } from 'vitest'
import { type CertificateSpec, type DistributionPointSpec, keyPair, type Minted, mint, type NameSpec } from '../support/mint.ts'
import { leafKey, presented, storeFor } from '../support/rejected-chain.ts'
import { atOnce, fastestOf, judge } from './judge.ts'
import { list } from './listed.ts'

/**
 * Many complete paths from few certificates, which the operator of a CA can make: the CAs of a layer share a key and a name
 * with different spellings, so each certificate needs one signature and paths multiply. Costly parts of a certificate must not
 * be read once per path.
 */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeFor(presented, root)
const noKeyIds: CertificateSpec = { subjectKeyId: false, authorityKeyId: false }

/** Four layers of three: 81 paths, for 14 signatures. */
function paths(top: CertificateSpec, leaf: CertificateSpec): readonly Minted[] {
  let above = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Insider', ...noKeyIds, ...top }, root)
  const chain: Minted[] = [above]
  for (let layer = 0; layer < 4; layer++) {
    const key = keyPair('p256', 600 + layer)
    const row = ['ca', 'Ca', 'CA'].map((name) =>
      mint({ ca: true, key, subject: `O=Immunity,CN=${name} ${layer}`, ...noKeyIds }, above),
    )
    chain.push(...row)
    above = row[0]!
  }
  return [mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...noKeyIds, ...leaf }, above), ...chain]
}

const evil = { dns: 'evil.example' }
const excluded: CertificateSpec = { nameConstraints: { excluded: [evil] } }
const parts = Array.from({ length: 4500 }, () => ['O', 'q']) as NameSpec
/** A letter that compatibility folding turns into eighteen. */
const long = '\uFDFA'.repeat(20_000)

describe('many paths from few certificates', () => {
  it('control: one of them is valid', () => {
    expect(judge(store, paths(excluded, {}))).toBe('accepted')
  })

  it.each<readonly [string, CertificateSpec, CertificateSpec, string]>([
    [
      'a long name of the client',
      excluded,
      { subjectAltNames: [{ directory: [['O', long]] }, evil] },
      'name_constraint_violation 0',
    ],
    [
      'a long subtree',
      { nameConstraints: { excluded: [{ directory: [['O', long]] }, evil] } },
      { subjectAltNames: [evil] },
      'name_constraint_violation 0',
    ],
    [
      'a subtree of many parts',
      { nameConstraints: { excluded: [{ directory: parts }, evil] } },
      { subjectAltNames: [evil] },
      'name_constraint_violation 0',
    ],
  ])('with %s', (_what, top, leaf, expected) => {
    const chain = paths(top, leaf)
    expect(fastestOf(() => expect(judge(store, chain)).toContain(expected))).toBeLessThan(atOnce)
  })

  it.each<readonly [string, DistributionPointSpec]>([
    ['cRLIssuer', { crlIssuer: parts }],
    ['name', { fullName: [{ directory: parts }] }],
  ])('with a distribution point whose %s has many parts, and lists that are all compared with it', (_what, point) => {
    const chain = paths({}, { crlDistributionPoints: [point] })
    const lists = Array.from({ length: 20 }, (_, i) => [
      list({ issuer: root, issuerName: `O=Immunity,CN=Indirect ${i}`, idp: { indirect: true } }),
      list({ issuer: root, issuerName: 'O=Immunity,CN=ca 3', idp: { uri: `http://crl.example/${i}` } }),
    ]).flat()
    const run = (): void => expect(judge(store, chain, { revocation: { lists } })).toBe('revocation_unknown 0')
    expect(fastestOf(run)).toBeLessThan(atOnce)
  })

  it('with mapped policies, which are counted even if no policy is left', () => {
    const policyMappings = Array.from({ length: 20 }, (_, i) => [`1.2.${i}`, '1.2.3'] as const)
    const chain = paths({ policyMappings, policyConstraints: { requireExplicitPolicy: 0 } }, {})
    const judgeWith = (nameComparisons: number): string =>
      judge(storeFor({ ...presented, budget: { ...presented.budget, nameComparisons } }, root), chain)
    // The first CA below the root leaves no policy. After that, only its mappings are counted.
    expect([judgeWith(10_000), judgeWith(20 * 81 - 1)]).toEqual(['policy_violation 4', 'budget_exhausted 0'])
  })
})
