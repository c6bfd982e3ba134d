import { profiles } from '../../../src/index.ts'
import { keyPair, type Minted, mint } from '../mint.ts'
import { at, bentCa, bentClient, bentRoot, cleanBundle, type Flaw, intermediate, root } from './flaw.ts'

/** What is doubtful about a truststore as a graph. */

/** CAs one below the other, the root first. */
function tower(height: number): readonly Uint8Array[] {
  const cas = [root]
  while (cas.length < height) cas.push(mint({ ca: true, subject: `O=Lint,CN=Level ${cas.length}` }, cas[cas.length - 1]))
  return cas.map(({ der }) => der)
}

/** Roots of one name and key, each renewed. */
function renewed(times: number): readonly Uint8Array[] {
  return Array.from({ length: times }, () => bentRoot({}).der)
}

function pair(first: Minted, second: Minted): readonly Uint8Array[] {
  return [first.der, second.der]
}

const other = mint({ ca: true, key: keyPair('p256', 46), subject: 'O=Lint,CN=Other Root' })
const rootByOther = mint({ ca: true, key: root.key, subject: root.subject }, other)
const otherByRoot = mint({ ca: true, key: other.key, subject: other.subject }, root)
const sub = mint({ ca: true, key: keyPair('p256', 47), subject: 'O=Lint,CN=Sub' }, root)
const subSub = mint({ ca: true, key: keyPair('p256', 48), subject: 'O=Lint,CN=Sub Sub' }, sub)
const short = bentRoot({ pathLength: 0 })
const expiredRoot = bentRoot({ notBefore: at(-20), notAfter: at(-10) })
const server = bentRoot({ extendedKeyUsage: ['serverAuth'] })

export const graphFlaws: readonly Flaw[] = [
  {
    code: 'same_subject_different_key',
    name: 'two roots of one name with different keys',
    input: pair(bentRoot({}), mint({ ca: true, key: keyPair('p256', 49), subject: 'O=Lint,CN=Bent' })),
    mended: ['two roots of one name and key', pair(bentRoot({}), bentRoot({}))],
  },
  {
    code: 'excessive_same_subject_set',
    name: 'eleven certificates of one subject',
    input: renewed(11),
    mended: ['ten certificates of one subject', renewed(10)],
  },
  {
    code: 'no_trust_anchor',
    severity: 'error',
    name: 'an intermediate without any root',
    also: ['incomplete_chain'],
    input: intermediate.der,
    mended: ['the intermediate with its root', cleanBundle],
  },
  {
    code: 'no_trust_anchor',
    severity: 'error',
    name: 'no CA where every CA is trusted',
    also: ['leaf_in_truststore'],
    input: bentClient({}).der,
    options: { policy: { ...profiles.apiGateway, trust: 'every-ca' } },
    mended: ['a self-signed client: it is pinned', mint({ subject: 'O=Lint,CN=Pinned' }).der],
  },
  {
    code: 'no_trust_anchor',
    severity: 'error',
    name: 'a self-signed server certificate alone',
    also: ['leaf_in_truststore', 'eku_missing_client_auth', 'no_san'],
    input: mint({ subject: 'O=Lint,CN=Server', extendedKeyUsage: ['serverAuth'] }).der,
  },
  {
    code: 'no_valid_anchor',
    severity: 'error',
    name: 'an expired root above a valid intermediate',
    also: ['child_outlives_issuer', 'expired'],
    input: pair(expiredRoot, bentCa({}, expiredRoot)),
    mended: ['the expired root and its successor', [expiredRoot.der, bentCa({}, expiredRoot).der, root.der]],
  },
  {
    code: 'chain_too_deep',
    name: 'five CAs one below the other',
    input: tower(5),
    mended: ['four CAs one below the other', tower(4)],
  },
  {
    code: 'unreachable_intermediate',
    name: 'an intermediate below one whose root is missing',
    also: ['no_trust_anchor', 'incomplete_chain'],
    input: pair(sub, subSub),
    mended: ['both with the root', [root.der, sub.der, subSub.der]],
  },
  {
    code: 'orphan',
    severity: 'info',
    name: 'a root that no one chains to, beside one that has an intermediate',
    input: [cleanBundle, other.der],
    mended: ['two roots without intermediates', pair(root, other)],
  },
  {
    code: 'cross_sign_cycle',
    name: 'two roots that have signed each other',
    also: ['cross_sign_cycle', 'subject_issuer_conflict', 'subject_issuer_conflict'],
    input: [root.der, other.der, rootByOther.der, otherByRoot.der],
    mended: ['two roots of which one has signed the other', [root.der, other.der, otherByRoot.der]],
  },
  {
    code: 'child_outlives_issuer',
    name: 'an intermediate that ends after its root',
    input: pair(root, bentCa({ notAfter: at(400) })),
    mended: ['an intermediate that ends before its root', pair(root, bentCa({ notAfter: at(300) }))],
  },
  {
    code: 'pathlen_blocks_existing_child',
    name: 'an intermediate below a root with path length 0',
    input: pair(short, bentCa({}, short)),
    mended: ['an intermediate below a root without path length', cleanBundle],
  },
  {
    code: 'issuer_eku_excludes_client_auth',
    name: 'an intermediate below a root with serverAuth only',
    also: ['no_trust_anchor', 'ca_eku_excludes_client_auth'],
    input: pair(server, bentCa({}, server)),
    mended: ['an intermediate below a root for any purpose', cleanBundle],
  },
  {
    code: 'aki_ski_mismatch',
    name: 'an intermediate with another authority key identifier than its root has',
    input: pair(root, bentCa({ authorityKeyId: Uint8Array.of(1, 2, 3) })),
    mended: ['the identifier of the root', cleanBundle],
  },
]
