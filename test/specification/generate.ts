import fc from 'fast-check'
import { calmed, delegatesOf, distributionPoints, revocationOf, revocationRecipes } from './generate-lists.ts'
import {
  anyPolicy,
  type BasicConstraints,
  type Call,
  type Certificate,
  type Extension,
  type GeneralName,
  type Hash,
  type Key,
  type KeyPurpose,
  type KeyUsage,
  type Name,
  type NameConstraints,
  type PathPolicy,
  type PolicyConstraints,
  type PolicyId,
  type PolicyInputs,
  type PolicyMapping,
} from './model.ts'

/**
 * Random calls over a small alphabet: up to eight CAs and a leaf. What is usual is most likely, so that about a third of the calls
 * is accepted and most of the others fail for one reason.
 */

const second = 1000

/** Half a second after a whole one, because dates have no fractions and `at` has. */
export const at: number = Date.UTC(2026, 0, 15, 12) + second / 2
const thisSecond = at - second / 2
const year = 365 * 86_400 * second

/** `usual` about `weight` times as often as all the others together. */
function mostly<T>(weight: number, usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: weight * others.length, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)))
}

/** Absent `weight` times as often as there. */
function rarely<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary: fc.constant(undefined) }, arbitrary)
}

function extension<T>(value: fc.Arbitrary<T>, usuallyCritical: boolean): fc.Arbitrary<Extension<T>> {
  return fc.record({ critical: mostly(6, usuallyCritical, !usuallyCritical), value })
}

const organization: Name[number] = ['O', 'Specification']
const mostAuthorities = 8
const letters = 'ABCDEFGH'.slice(0, mostAuthorities).split('')
const names: readonly Name[] = letters.map((letter) => [organization, ['CN', `CA ${letter}`]])

/** The same names as RFC 5280 7.1 compares them. */
const respelled: readonly Name[] = letters.map((letter) => [organization, ['CN', ` ca  ${letter.toLowerCase()}`]])

const leafNames: readonly Name[] = [
  [organization, ['CN', 'leaf']],
  [organization, ['CN', 'b.a.example']],
  [
    ['O', 'Elsewhere'],
    ['CN', 'leaf'],
  ],
  [organization, ['emailAddress', 'Leaf@a.example']],
  [],
]

const hosts = ['a.example', 'b.a.example', 'other.test', '*.a.example']

const alternativeName: fc.Arbitrary<GeneralName> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hosts).map((dns) => ({ dns })) },
  fc.constantFrom(...leafNames.slice(0, 3)).map((directory) => ({ directory })),
  fc.constantFrom('leaf@a.example', 'Leaf@b.a.example', 'x@other.test').map((email) => ({ email })),
  fc.constantFrom('https://a.example/x', 'https://b.a.example', 'https://192.0.2.7/', 'urn:x').map((uri) => ({ uri })),
  fc.constantFrom('192.0.2.7', '198.51.100.7', '2001:db8:0:0:0:0:0:7').map((ip) => ({ ip })),
  fc.constant({ registeredId: '1.2.3.4' }),
)

const subtree: fc.Arbitrary<GeneralName> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('example', 'a.example', 'b.a.example', 'test', '').map((dns) => ({ dns })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Name>([organization], [['O', 'elsewhere']], leafNames[0]!).map((directory) => ({ directory })),
  },
  fc.constantFrom('leaf@a.example', 'a.example', '.a.example', '.example').map((email) => ({ email })),
  fc.constantFrom('a.example', '.a.example', 'b.a.example').map((uri) => ({ uri })),
  fc.constantFrom('192.0.2.0/24', '192.0.2.6/31', '0.0.0.0/0', '2001:db8:0:0:0:0:0:0/32').map((ip) => ({ ip })),
  fc.constant({ registeredId: '1.2.3.4' }),
)

const subtrees = fc.uniqueArray(subtree, { minLength: 1, maxLength: 2, selector: (name) => JSON.stringify(name) })

const nameConstraints: fc.Arbitrary<NameConstraints> = fc.oneof(
  fc.record({ permitted: subtrees, excluded: fc.constant([]) }),
  fc.record({ permitted: fc.constant([]), excluded: subtrees }),
  fc.record({ permitted: subtrees, excluded: subtrees }),
)

const ordinaryPolicies = ['1.2.3.1', '1.2.3.2'] as const

const policyIds: fc.Arbitrary<readonly PolicyId[]> = fc.uniqueArray(fc.constantFrom(...ordinaryPolicies, anyPolicy), {
  minLength: 1,
  maxLength: 3,
})

const mapped = fc.constantFrom<PolicyId>(...ordinaryPolicies, ...ordinaryPolicies, ...ordinaryPolicies, anyPolicy)
const mappings: fc.Arbitrary<readonly PolicyMapping[]> = fc.array(fc.tuple(mapped, mapped), { minLength: 1, maxLength: 2 })

const skip = fc.constantFrom(0, 1)
const policyConstraints: fc.Arbitrary<PolicyConstraints> = fc.oneof(
  fc.record({ requireExplicitPolicy: skip }),
  fc.record({ inhibitPolicyMapping: skip }),
  fc.record({ requireExplicitPolicy: skip, inhibitPolicyMapping: skip }),
)

const validity: fc.Arbitrary<readonly [notBefore: number, notAfter: number]> = mostly(
  14,
  [thisSecond - year, thisSecond + year],
  [thisSecond, thisSecond],
  [thisSecond + second, thisSecond + year],
  [thisSecond - year, thisSecond - second],
)

const keyKind: fc.Arbitrary<Key['kind']> = mostly(10, 'p256', 'p384', 'p521', 'rsa1024', 'rsa2048', 'rsa2048')
/** Most certificates have a key of their own; the others share three. */
const sharedSlot = rarely(5, fc.nat(2))

const hash: fc.Arbitrary<Hash> = mostly<Hash>(25, 'sha256', 'sha384', 'sha512', 'sha1')

/** What CAs and leaves have in common. */
const common = {
  validity,
  hash,
  pss: rarely(2, fc.constant(true as const)),
  keyKind,
  sharedSlot,
  isVersion1: mostly(60, false, true),
  extendedKeyUsage: rarely(
    4,
    extension(
      mostly<readonly KeyPurpose[]>(4, ['clientAuth', 'serverAuth'], ['clientAuth'], ['serverAuth'], ['any'], ['codeSigning']),
      false,
    ),
  ),
  certificatePolicies: rarely(1, extension(policyIds, false)),
  policyConstraints: rarely(12, extension(policyConstraints, true)),
  unknown: rarely(25, extension(fc.constant(undefined), true)),
  crlDistributionPoints: rarely(3, distributionPoints(names.slice(0, 2))),
  /** Who issued it: a CA by number, its own key and name, or another name or key than that CA's. */
  wrongSigner: rarely(25, fc.nat(2)),
  wrongIssuer: rarely(25, fc.nat(2)),
  keyId: mostly<'signer' | 'issuer' | 'none'>(4, 'signer', 'issuer', 'none'),
  hasCriticalKeyId: mostly(30, false, true),
  subjectKeyId: fc.oneof(
    { weight: 12, arbitrary: extension(fc.constant(undefined), false) as fc.Arbitrary<Certificate['subjectKeyId']> },
    fc.constant(undefined),
  ),
}

const pathLength = mostly(2, undefined, 0, 1)
const basicConstraints: fc.Arbitrary<BasicConstraints> = fc.oneof(
  { weight: 25, arbitrary: pathLength.map((limit) => (limit === undefined ? { ca: true } : { ca: true, pathLength: limit })) },
  fc.constant({ ca: false }),
)

const authority = fc.record({
  ...common,
  name: fc.nat(2),
  isUsualName: mostly(6, true, false),
  /** It has the name of its issuer, as a new key of a CA does. */
  isRekeyed: mostly(8, false, true),
  isRespelled: mostly(8, false, true),
  isSelfSigned: mostly(3, false, true),
  isListed: mostly(5, true, false),
  isPresented: fc.boolean(),
  issuedBy: rarely(3, fc.nat(mostAuthorities - 1)),
  basicConstraints: fc.oneof(
    { weight: 25, arbitrary: extension(basicConstraints, true) as fc.Arbitrary<Extension<BasicConstraints> | undefined> },
    fc.constant(undefined),
  ),
  keyUsage: rarely(
    2,
    extension(
      mostly<readonly KeyUsage[]>(
        6,
        ['keyCertSign', 'cRLSign'],
        ['cRLSign'],
        ['digitalSignature'],
        ['keyCertSign'],
        ['keyCertSign'],
      ),
      true,
    ),
  ),
  nameConstraints: rarely(5, extension(nameConstraints, true)),
  policyMappings: rarely(6, extension(mappings, true)),
  inhibitAnyPolicy: rarely(10, extension(skip, true)),
})

const leaf = fc.record({
  ...common,
  name: mostly(3, leafNames[0]!, ...leafNames.slice(1), names[0]!, names[1]!, names[2]!),
  isSelfSigned: mostly(20, false, true),
  isListed: mostly(12, false, true),
  nameConstraints: rarely(40, extension(nameConstraints, true)),
  issuedBy: rarely(3, fc.nat(mostAuthorities - 1)),
  basicConstraints: rarely(6, extension(fc.constantFrom<BasicConstraints>({ ca: false }, { ca: true }), true)),
  keyUsage: rarely(
    1,
    extension(mostly<readonly KeyUsage[]>(6, ['digitalSignature'], ['keyEncipherment'], ['keyAgreement'], ['keyCertSign']), true),
  ),
  crlDistributionPoints: rarely(1, distributionPoints(names.slice(0, 2))),
  subjectAltName: rarely(1, extension(fc.array(alternativeName, { minLength: 1, maxLength: 2 }), false)),
})

const policy: fc.Arbitrary<PathPolicy> = fc.record({
  trust: fc.constantFrom('roots', 'every-ca', 'every-certificate'),
  intermediates: fc.constantFrom('truststore', 'presented'),
  maxChainLength: mostly(6, 4, 0, 1, 2, 8),
  minRsaBits: mostly(3, 2048, 1024),
  maxRsaBits: mostly(6, 8192, 1024),
  curves: mostly<PathPolicy['curves']>(6, ['P-256', 'P-384'], ['P-256']),
  hashes: mostly<PathPolicy['hashes']>(8, ['sha256', 'sha384', 'sha512'], ['sha384'], ['sha256']),
  requireEku: mostly(14, false, true),
  checkAnchorValidity: fc.boolean(),
  enforceAnchorConstraints: mostly(2, true, false),
  conformance: mostly<PathPolicy['conformance']>(6, 'practical', 'strict', 'web-pki'),
})

const policyInputs: fc.Arbitrary<PolicyInputs> = fc.record({
  initialPolicies: fc.oneof(fc.constant([anyPolicy]), policyIds),
  requireExplicitPolicy: mostly(2, false, true),
  inhibitPolicyMapping: mostly(3, false, true),
  inhibitAnyPolicy: mostly(3, false, true),
})

type AuthorityRecipe = Parameters<Parameters<typeof authority.map>[0]>[0]
type LeafRecipe = Parameters<Parameters<typeof leaf.map>[0]>[0]

/** Only the extensions that are there, so that what is printed is short. */
function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

function issuedFields(
  recipe: AuthorityRecipe | LeafRecipe,
  subject: Name,
  key: Key,
  issuer: { readonly subject: Name; readonly key: Key },
): Omit<Certificate, 'serial'> {
  const { validity, hash, pss, extendedKeyUsage, certificatePolicies, policyConstraints, unknown, crlDistributionPoints } = recipe
  const { basicConstraints, keyUsage, nameConstraints, wrongIssuer, wrongSigner, subjectKeyId } = recipe
  const [notBefore, notAfter] = validity
  const signedBy: Key = wrongSigner === undefined ? issuer.key : { kind: 'p256', slot: wrongSigner }
  const named = recipe.keyId === 'issuer' ? issuer.key : signedBy
  const fields = {
    subject,
    issuer: wrongIssuer === undefined ? issuer.subject : names[wrongIssuer]!,
    key,
    signedBy,
    hash,
    pss,
    notBefore,
    notAfter,
  }
  if (recipe.isVersion1) return { ...fields, version: 1 }
  return {
    ...fields,
    authorityKeyId: recipe.keyId === 'none' ? undefined : { critical: recipe.hasCriticalKeyId, value: named },
    ...{ subjectKeyId, basicConstraints, keyUsage, extendedKeyUsage, nameConstraints },
    ...{ certificatePolicies, policyConstraints, unknown, crlDistributionPoints },
  }
}

/** The slot of a key that nobody else has, after the shared ones. */
const ownSlot = (i: number): number => 3 + i

function keyOf({ keyKind: kind, sharedSlot: slot }: AuthorityRecipe | LeafRecipe, i: number): Key {
  // RSA keys take long to make.
  return { kind, slot: slot ?? (kind.startsWith('rsa') ? 0 : ownSlot(i)) }
}

/** The CAs: each is issued by the one before it, by itself, or by any; the first is a root. */
function authoritiesOf(recipes: readonly AuthorityRecipe[]): readonly Certificate[] {
  const issuerOf = ({ isSelfSigned, issuedBy }: AuthorityRecipe, i: number): number =>
    isSelfSigned || i === 0 ? i : issuedBy === undefined ? i - 1 : issuedBy % recipes.length
  const ownNames = recipes.map(({ isUsualName, name }, i) => names[isUsualName ? i : name]!)
  const subjects = recipes.map((recipe, i) => (recipe.isRekeyed ? ownNames[issuerOf(recipe, i)]! : ownNames[i]!))
  const keys = recipes.map(keyOf)
  return recipes.map((recipe, i) => {
    const by = issuerOf(recipe, i)
    const issuerName = recipe.isRespelled ? respelled[names.indexOf(subjects[by]!)]! : subjects[by]!
    const { policyMappings, inhibitAnyPolicy } = recipe
    return withoutAbsent({
      serial: i + 1,
      ...issuedFields(recipe, subjects[i]!, keys[i]!, { subject: issuerName, key: keys[by]! }),
      ...(recipe.isVersion1 ? {} : { policyMappings, inhibitAnyPolicy }),
    })
  })
}

/** A good root that has no part in anything, because a truststore needs a usable certificate. */
export const bystander: Certificate = {
  serial: 99,
  subject: [['CN', 'Bystander']],
  issuer: [['CN', 'Bystander']],
  key: { kind: 'p256', slot: 90 },
  signedBy: { kind: 'p256', slot: 90 },
  subjectKeyId: { critical: false, value: undefined },
  hash: 'sha256',
  notBefore: thisSecond - year,
  notAfter: thisSecond + year,
  basicConstraints: { critical: true, value: { ca: true } },
}

/** Every call has the bystander, whose curve and hash each generated policy has to allow or not. */
export const calls: fc.Arbitrary<Call> = fc
  .record({
    authorities: fc.oneof(
      { weight: 4, arbitrary: fc.array(authority, { minLength: 1, maxLength: 3 }) },
      fc.array(authority, { minLength: 4, maxLength: mostAuthorities }),
    ),
    leaf,
    policy,
    purpose: mostly<Call['purpose']>(2, 'client', 'server', 'any'),
    serverName: rarely(12, fc.constantFrom('b.a.example', 'a.example', '192.0.2.7')),
    policies: rarely(2, policyInputs),
    revocation: rarely(4, revocationRecipes),
  })
  .map(({ policy, purpose, serverName, policies, revocation, ...certificates }) => {
    const calm = <R extends object>(one: R): R => (revocation === undefined ? one : calmed(one, revocation, thisSecond))
    const recipes = certificates.authorities.map(calm)
    const recipe = calm(certificates.leaf)
    const authorities = authoritiesOf(recipes)
    const issuer = recipe.issuedBy === undefined ? authorities.at(-1)! : authorities[recipe.issuedBy % authorities.length]!
    const subject = recipe.name
    const key = keyOf(recipe, mostAuthorities)
    const own = recipe.isSelfSigned && subject.length > 0 ? { subject, key } : issuer
    const subjectAltName = recipe.isVersion1 ? undefined : recipe.subjectAltName
    const end: Certificate = withoutAbsent({ serial: 50, ...issuedFields(recipe, subject, key, own), subjectAltName })
    const listed = authorities.filter((_, i) => recipes[i]!.isListed)
    const others = authorities.filter((_, i) => recipes[i]!.isPresented || !recipes[i]!.isListed)
    const delegates = revocation === undefined ? [] : delegatesOf(revocation, end, authorities, thisSecond)
    const signers = delegates.map(({ certificate }) => certificate)
    return withoutAbsent({
      listed: [...listed, ...signers.filter((_, i) => delegates[i]!.isListed), ...(recipe.isListed ? [end] : []), bystander],
      presented: [end, ...others, ...signers.filter((_, i) => !delegates[i]!.isListed)] as const,
      policy,
      at,
      purpose,
      serverName: revocation?.isCalm === true ? undefined : serverName,
      policies: revocation?.isCalm === true ? undefined : policies,
      revocation: revocation && revocationOf(revocation, end, [...authorities, ...signers], thisSecond),
    })
  })
