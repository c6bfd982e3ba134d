import { parseRevocationList, type VerifyOptions } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl, type NameSpec } from '../mint.ts'
import { valueIn } from '../refusal.ts'
import { type Growing, judged, read, type Sized } from './growing.ts'
import { caKey, everyReader, leaf, root, times } from './material.ts'

/** Many certificate policies and mappings, and many distribution points. */

function policies(
  count: number,
  depth: number,
  options: VerifyOptions['certificatePolicies'],
  extra: CertificateSpec = {},
): Sized {
  const policy = (i: number): string => `1.3.6.1.4.1.55738.9.${i}`
  const all = times(count, policy)
  const mappings = all.flatMap((from, i) => [1, 2, 3].map((step) => [from, all[(i + step) % all.length]!] as const))
  let above = root
  const chain: Minted[] = []
  for (let i = 0; i < depth; i++) {
    above = mint(
      {
        ca: true,
        key: keyPair('p256', 30 + i),
        subject: `CN=CA ${i}`,
        certificatePolicies: all,
        policyMappings: mappings,
        ...extra,
      },
      above,
    )
    chain.unshift(above)
  }
  return judged([root], [leaf(above, { certificatePolicies: all }), ...chain], {
    options: { certificatePolicies: options ?? {} },
  })
}

function pointed(
  points: CertificateSpec['crlDistributionPoints'],
  issuer: NameSpec,
  lists: readonly Minted['der'][] = [],
): Sized {
  const anchor = mint({ ca: true, key: caKey, subject: issuer })
  const parsed = [
    ...lists,
    mintCrl({ issuer: anchor }).der,
    ...times(5, (i) => mintCrl({ issuer: anchor, idp: { uri: `http://x.example/${i}` } }).der),
  ]
  const client = leaf(anchor, { crlDistributionPoints: points ?? [] })
  return judged([anchor], [client], {
    options: { revocation: { lists: parsed.map((der) => valueIn(parseRevocationList(der))), unknown: 'allow' } },
  })
}

const relativeName = (i: number): NameSpec => [['CN', `p${i}`]]
const longName = (size: number): NameSpec => [['O', 'x'.repeat(size)]]

export const policyCases: readonly Growing[] = [
  { name: 'many policies and mappings, one CA', at: (size) => policies(size / 90, 1, { requireExplicitPolicy: true }) },
  { name: 'many policies and mappings, six CAs', at: (size) => policies(size / 250, 6, {}) },
  {
    name: 'many policies that are asked for',
    at: (size) => policies(size / 250, 6, { initialPolicies: times(200, (i) => `1.3.6.1.4.1.55738.9.${i}`) }),
  },
  { name: 'many policies under anyPolicy', at: (size) => policies(size / 250, 4, {}, { certificatePolicies: ['2.5.29.32.0'] }) },
  {
    name: 'many policies that none maps to',
    at: (size) => policies(size / 250, 4, {}, { policyMappings: times(size / 500, (i) => [`1.2.${i}`, '1.2.3'] as const) }),
  },
  {
    name: 'many distribution points of a long issuer',
    at: (size) =>
      pointed(
        times(size / 60, (i) => `http://p${i}.example/`),
        longName(size / 2),
      ),
  },
  {
    name: 'many relative distribution points of a long issuer',
    at: (size) =>
      pointed(
        times(size / 60, (i) => ({ relative: relativeName(i) })),
        longName(size / 2),
      ),
  },
  {
    name: 'many relative distribution points of a long cRLIssuer',
    at: (size) =>
      pointed(
        times(size / 60, (i) => ({ relative: relativeName(i), ...(i === 0 ? { crlIssuer: longName(size / 2) } : {}) })),
        'CN=x',
      ),
  },
  {
    name: 'one distribution point of many names',
    at: (size) => pointed([{ fullName: times(size / 30, (i) => ({ uri: `http://p${i}.example/` })) }], 'CN=x'),
  },
  {
    name: 'many distribution points, printed',
    at: (size) => read(leaf(root, { crlDistributionPoints: times(size / 30, (i) => `http://p${i}.example/`) }).der, everyReader),
  },
]
