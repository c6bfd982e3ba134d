import { curveNames } from '../../../src/crypto/curve/curves.ts'
import { parseRevocationList } from '../../../src/index.ts'
import { octetString } from '../der.ts'
import { keyKindOf } from '../keys.ts'
import { type CertificateSpec, type ExtensionSpec, type KeyKind, keyPair, type Minted, mint, mintCrl } from '../mint.ts'
import { valueIn } from '../refusal.ts'
import { type Growing, judged, type Sized } from './growing.ts'

/**
 * Chains that make a path search try everything until the budget ends it: about as many certificates as a peer may present,
 * which become longer.
 */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const bare = { ca: true, subjectKeyId: false, authorityKeyId: false } as const
const most = 45

/** Makes a certificate about so long. */
function filler(bytes: number): readonly ExtensionSpec[] {
  return [{ oid: '1.2.3.4', value: octetString(new Uint8Array(Math.floor(bytes))) }]
}

/** CAs that certify one another both ways, none of them below the root, and a leaf below one of them. */
function ring(size: number, cas: number, kind: KeyKind, subjectOf: (i: number) => string): Sized {
  const authorities = Array.from({ length: cas }, (_, i) =>
    mint({ ...bare, subject: subjectOf(i), key: keyPair(kind, 5000 + i) }),
  )
  const crossed = Array.from({ length: most }, (_, i) => {
    const issuer = authorities[i % cas]!
    const subject = authorities[(i * 7 + 1 + Math.floor(i / cas)) % cas]!
    return mint({ ...bare, subject: subject.subject, key: subject.key, extensions: filler(size / most) }, issuer)
  })
  return judged([root], [mint({ subject: 'CN=leaf', authorityKeyId: false }, authorities[0]), ...crossed])
}

/** CAs with the name of the leaf's issuer that did not issue it and whose own issuers are unknown. */
function deadEnds(size: number): Sized {
  const issuer = mint({ ca: true, subject: 'CN=Wide', subjectKeyId: false, key: keyPair('p256', 1) })
  const ends = Array.from({ length: Math.min(most, size / 1000) }, (_, i) =>
    mint({ ...bare, subject: 'CN=Wide', key: keyPair('p256', 5100 + i), issuer: 'CN=Nowhere' }),
  )
  return judged([root], [mint({ subject: 'CN=leaf', authorityKeyId: false }, issuer), ...ends])
}

/** Layers of CAs that share a name and key. Every path is valid except for a constraint on the leaf. */
function manyGoodPaths(size: number, top: CertificateSpec, leafSpec: CertificateSpec, isRevocable = false): Sized {
  let above = mint({ ...bare, key: keyPair('p256', 1), subject: 'CN=Insider', ...top }, root)
  const chain: Minted[] = [above]
  for (let layer = 0; layer < 4; layer++) {
    const key = keyPair('p256', 600 + layer)
    const row = Array.from({ length: most / 4 }, (_, i) =>
      mint({ ...bare, key, subject: `CN=${layer}`, serial: BigInt(i + 1), extensions: filler(size / most) }, above),
    )
    chain.push(...row)
    above = row[0]!
  }
  const lists = isRevocable ? [valueIn(parseRevocationList(mintCrl({ issuer: root }).der))] : []
  return judged(
    [root],
    [mint({ subject: 'CN=leaf', authorityKeyId: false, ...leafSpec }, above), ...chain],
    isRevocable ? { options: { revocation: { lists } } } : {},
  )
}

const policies = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `1.3.6.1.4.1.55738.9.${i}`)
const evil = { dns: 'evil.example' }

export const pathCases: readonly Growing[] = [
  ...curveNames.map((curve) => ({
    name: `ring of 10 CAs of one name, ${curve}`,
    at: (size: number) => ring(size, 10, keyKindOf[curve], () => 'CN=Ring'),
  })),
  { name: 'ring of 10 CAs of ten names', at: (size) => ring(size, 10, 'p256', (i) => `CN=Ring ${i}`) },
  { name: 'ring of 3 CAs', at: (size) => ring(size, 3, 'p256', () => 'CN=Ring') },
  { name: 'dead ends', at: deadEnds },
  {
    name: 'many paths to a name that is excluded',
    at: (size) => manyGoodPaths(size, { nameConstraints: { excluded: [evil] } }, { subjectAltNames: [evil] }),
  },
  {
    name: 'many paths to many names, the last of them excluded',
    at: (size) =>
      manyGoodPaths(
        size,
        { nameConstraints: { excluded: [...Array.from({ length: size / 200 }, (_, i) => ({ dns: `s${i}.example` })), evil] } },
        { subjectAltNames: [...Array.from({ length: size / 200 }, (_, i) => ({ dns: `n${i}.example` })), evil] },
      ),
  },
  {
    name: 'many paths to a certificate without the policy',
    at: (size) =>
      manyGoodPaths(
        size,
        {
          certificatePolicies: policies(size / 200),
          policyMappings: policies(size / 200).map((policy) => [policy, '1.2.3'] as const),
          policyConstraints: { requireExplicitPolicy: 0 },
        },
        { certificatePolicies: ['1.2.4'] },
      ),
  },
  {
    name: 'many paths to a certificate that no list covers',
    at: (size) =>
      manyGoodPaths(
        size,
        {},
        { crlDistributionPoints: Array.from({ length: size / 100 }, (_, i) => `http://a.example/${i}`) },
        true,
      ),
  },
]
