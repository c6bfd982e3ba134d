import fc from 'fast-check'
import {
  alternativeName,
  extension,
  hash,
  keyKind,
  leafNames,
  mappings,
  moment,
  mostAuthorities,
  mostly,
  nameConstraints,
  nameForm,
  names,
  policyConstraints,
  policyIds,
  rarely,
  respelled,
  serverNames,
  serverNamesOf,
  sharedSlot,
  skip,
  thisSecond,
  validity,
  withoutAbsent,
  year,
} from './alphabet.ts'
import { conformingCa, conformingLeaf, type Dense, demanding, dense, type Focus, lapse, withLapse } from './generate-focus.ts'
import { calmed, delegatesOf, faultless, revocable, revocationOf } from './generate-lists.ts'
import { distributionPoints } from './list-recipes.ts'
import {
  anyPolicy,
  type BasicConstraints,
  type Call,
  type Certificate,
  type Deviation,
  type Extension,
  type Key,
  type KeyPurpose,
  type KeyUsage,
  type Name,
  type PathPolicy,
  type PolicyInputs,
} from './model.ts'
import type { NameForm } from './names.ts'
import { hasFewPaths } from './readings.ts'
import { revocationRecipes } from './revocation-recipes.ts'

/**
 * Random calls over a small alphabet: up to eight CAs and a leaf. What is usual is most likely, so that about a third of the calls
 * is accepted and most of the others fail for one reason.
 */

/** What CAs and leaves have in common. */
const common = {
  validity,
  hash,
  pss: rarely(2, fc.constant(true as const)),
  keyKind,
  sharedSlot,
  isVersion1: mostly(60, false, true),
  deviation: rarely(
    20,
    fc.constantFrom<Deviation>('ecdsaNull', 'critical', 'emptyAltName', 'unreadablePoints', 'unreadablePolicies'),
  ),
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
  isRekeyed: mostly(4, false, true),
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
  minRsaBits: mostly(3, 2048, 1024, 3072),
  maxRsaBits: mostly(2, 8192, 1024, 2048),
  curves: mostly<PathPolicy['curves']>(6, ['P-256', 'P-384'], ['P-256']),
  hashes: mostly<PathPolicy['hashes']>(8, ['sha256', 'sha384', 'sha512'], ['sha384'], ['sha256'], ['sha512']),
  requireEku: mostly(14, false, true),
  checkAnchorValidity: fc.boolean(),
  enforceAnchorConstraints: mostly(2, true, false),
  version1Roots: mostly(2, true, false),
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
  const { deviation } = recipe
  if (recipe.isVersion1) return { ...fields, version: 1, deviation }
  return {
    ...fields,
    deviation,
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

/** What a call is about in which nothing else is wrong. */
const focus = mostly<'everything' | Focus>(1, 'everything', 'policies', 'names', 'names', 'conformance')

const plainCa = { basicConstraints: { critical: true, value: { ca: true } }, keyUsage: undefined } as const
const plainLeaf = { basicConstraints: undefined, keyUsage: undefined, nameConstraints: undefined } as const

function focused<R extends AuthorityRecipe | LeafRecipe>(recipe: R, on: 'everything' | Focus, all: Dense, form: NameForm): R {
  if (on === 'everything') return recipe
  const isCa = 'isPresented' in recipe
  const plain = {
    ...recipe,
    ...faultless,
    ...{ validity: [thisSecond - year, thisSecond + year], isVersion1: false, sharedSlot: undefined },
    ...(isCa ? plainCa : plainLeaf),
  }
  if (on === 'policies') return { ...plain, ...all.policies }
  if (on === 'conformance') return { ...plain, crlDistributionPoints: undefined, ...(isCa ? conformingCa : conformingLeaf) }
  const { nameConstraints, subjectAltName, name } = all.names[form]
  return { ...plain, ...(isCa ? { nameConstraints } : { subjectAltName, name }) }
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

/** More paths than these cannot be enumerated in reasonable time. */
const mostPaths = 200

/** A transition of the purpose, of which one millisecond is left, or none. */
type Transition = 'ending' | 'ended'

function purposeOf(purpose: Call['purpose'] | Transition, at: number): Pick<Call, 'purpose' | 'transitionEnd'> {
  if (purpose === 'ending') return { purpose: 'client', transitionEnd: at + 1 }
  return purpose === 'ended' ? { purpose: 'client', transitionEnd: at } : { purpose }
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
    moment,
    purpose: mostly<Call['purpose'] | Transition>(2, 'client', 'server', 'any', 'ending', 'ended'),
    serverName: rarely(8, serverNames),
    policies: rarely(2, policyInputs),
    revocation: rarely(3, revocationRecipes),
    focus,
    dense: fc.array(dense, { minLength: mostAuthorities + 1, maxLength: mostAuthorities + 1 }),
    densePolicies: policyInputs,
    form: nameForm,
    hostNumber: fc.nat(5),
    lapse,
    demanding,
    omitsDefaults: fc.boolean(),
  })
  .map(({ purpose, serverName, revocation, moment, omitsDefaults, ...rest }) => {
    const isConforming = revocation?.isConforming === true
    const on = revocation === undefined ? rest.focus : isConforming ? 'conformance' : 'everything'
    const isCalm = revocation?.isCalm === true || on === 'conformance'
    const policies = on === 'policies' ? rest.densePolicies : rest.policies
    const calm = <R extends object>(one: R): R => (revocation === undefined ? one : calmed(one, revocation, thisSecond))
    const recipes = rest.authorities.map((one, i) => focused(calm(one), on, rest.dense[i]!, rest.form))
    const recipe = focused(calm(rest.leaf), on, rest.dense[mostAuthorities]!, rest.form)
    const made = authoritiesOf(recipes)
    const issuer = recipe.issuedBy === undefined ? made.at(-1)! : made[recipe.issuedBy % made.length]!
    const subject = recipe.name
    const key = keyOf(recipe, mostAuthorities)
    const own = recipe.isSelfSigned && subject.length > 0 ? { subject, key } : issuer
    const subjectAltName = recipe.isVersion1 ? undefined : recipe.subjectAltName
    const last: Certificate = withoutAbsent({ serial: 50, ...issuedFields(recipe, subject, key, own), subjectAltName })
    const lapse = on === 'conformance' && !isConforming ? rest.lapse : undefined
    const certificates = withLapse([...made, last], lapse)
    const authorities = certificates.slice(0, -1)
    const end = revocation === undefined ? certificates.at(-1)! : revocable(certificates.at(-1)!, revocation)
    const listed = authorities.filter((_, i) => recipes[i]!.isListed)
    const others = authorities.filter((_, i) => recipes[i]!.isPresented || !recipes[i]!.isListed)
    const delegates = revocation === undefined ? [] : delegatesOf(revocation, end, authorities, thisSecond)
    const signers = delegates.map(({ certificate }) => certificate)
    const demands = {
      ...(on === 'conformance' ? { conformance: rest.demanding } : {}),
      ...(revocation?.isTight === true ? { maxChainLength: authorities.length } : {}),
    }
    // A leaf without an issuer's name can only be pinned.
    const isPinned = recipe.isListed || end.issuer.length === 0 || revocation?.isPinned === true
    return withoutAbsent({
      listed: [...listed, ...signers.filter((_, i) => delegates[i]!.isListed), ...(isPinned ? [end] : []), bystander],
      presented: [end, ...others, ...signers.filter((_, i) => !delegates[i]!.isListed)] as const,
      policy: { ...rest.policy, ...demands },
      at: moment,
      ...purposeOf(purpose, moment),
      serverName: isCalm ? undefined : ((on === 'names' ? serverNamesOf[rest.form]?.[rest.hostNumber] : undefined) ?? serverName),
      policies: isCalm ? undefined : policies,
      revocation: revocation && revocationOf(revocation, end, [...authorities, ...signers], thisSecond),
      omitsDefaults: omitsDefaults ? (true as const) : undefined,
    })
  })
  .filter((call) => hasFewPaths(call, mostPaths))
