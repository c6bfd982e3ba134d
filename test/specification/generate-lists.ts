import fc from 'fast-check'
import { mostly, rarely, withoutAbsent } from './alphabet.ts'
import type {
  DistributionPoint,
  ListEntry,
  ListScope,
  PointName,
  ReasonFlag,
  RevocationInputs,
  RevocationList,
} from './list-model.ts'
import { type Certificate, type Extension, type Hash, type Key, type KeyUsage, type Name, sameKey } from './model.ts'

/**
 * Random revocation lists for the certificates of a call. Usual lists are signed by the issuer of the certificate that they are
 * about and clear it; about half of the others continue the list before them, because lists are only compared within a series.
 */

const uris: readonly PointName[] = [{ uri: 'http://crl.example/1' }, { uri: 'http://crl.example/2' }]

const someReasons: fc.Arbitrary<readonly ReasonFlag[]> = fc.constantFrom<readonly ReasonFlag[]>(
  [1, 2, 3, 4],
  [5, 6, 7, 8],
  [1, 2, 3, 4, 5, 6, 7, 8],
)

/** The distribution points of a certificate. CRL issuers are among the names given. */
export function distributionPoints(names: readonly Name[]): fc.Arbitrary<Extension<readonly DistributionPoint[]>> {
  const point = fc
    .record({
      name: fc.option(fc.constantFrom(...uris), { nil: undefined, freq: 5 }),
      crlIssuer: rarely(1, fc.constantFrom(...names)),
      reasons: rarely(5, someReasons),
    })
    .map(({ name, crlIssuer, reasons }): DistributionPoint => {
      return withoutAbsent({ name: crlIssuer === undefined ? (name ?? uris[0]!) : name, crlIssuer, reasons }) as DistributionPoint
    })
  return fc.record({ critical: mostly(80, false, true), value: fc.array(point, { minLength: 1, maxLength: 2 }) })
}

const entry = fc.record({
  isAboutTarget: mostly(4, true, false),
  reason: fc.constantFrom(undefined, 1, 6, 6, 8),
  certificateIssuer: mostly<'none' | 'own' | 'other'>(3, 'none', 'own', 'other'),
  unknownCritical: mostly(12, false, true),
})

const second = 1000
const hour = 3600 * second

const list = fc.record({
  /** The leaf, the last of the signers, or a CA by number. */
  target: mostly<'leaf' | 'signer' | number>(1, 'leaf', 'signer', 0, 1, 2, 3, 4),
  /** Continues the list before it: as a later list, as a delta, or not. The one field named is new all the same. */
  continues: mostly<'nothing' | 'list' | 'delta'>(1, 'nothing', 'list', 'delta'),
  changed: mostly<keyof RevocationList | undefined>(
    2,
    undefined,
    'scope',
    'signedBy',
    'number',
    'thisUpdate',
    'nextUpdate',
    'authorityKeyId',
    'hash',
    'unknownCritical',
  ),
  names: mostly<'issuer' | 'crlIssuer' | 'other'>(3, 'issuer', 'crlIssuer', 'other'),
  signs: mostly<'issuer' | 'namesake' | 'other'>(2, 'issuer', 'namesake', 'namesake', 'namesake', 'other'),
  other: fc.nat(7),
  isRespelled: mostly(10, false, true),
  hash: mostly<Hash>(16, 'sha256', 'sha384', 'sha1'),
  keyId: mostly<'signer' | 'none' | 'other'>(4, 'signer', 'none', 'other'),
  /** Before the call's second. */
  age: mostly(4, 24 * hour, 0, -second, 72 * hour, 36 * hour),
  lifetime: mostly<number | undefined>(8, 48 * hour, 0, -second, undefined),
  number: mostly<number | undefined>(3, 5, 4, 6, 300, undefined),
  deltaBase: rarely(10, fc.constantFrom(4, 5, 6)),
  scope: rarely(
    1,
    fc.record({
      point: rarely(1, fc.constantFrom<'issuer' | PointName>('issuer', ...uris)),
      only: rarely(
        2,
        fc.constantFrom<NonNullable<ListScope['only']>>('users', 'authorities', 'users', 'authorities', 'attributes'),
      ),
      reasons: rarely(3, someReasons),
      isIndirect: mostly(5, false, true),
    }),
  ),
  unknownCritical: mostly(25, false, true),
  entries: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, fc.array(entry, { minLength: 1, maxLength: 2 })),
  /** What a delta says of the entries that it continues. */
  isLifting: mostly(2, true, false),
  baseOffset: mostly(3, 0, -1, 1),
})

type ListRecipe = Parameters<Parameters<typeof list.map>[0]>[0]

const usual = {
  continues: 'nothing',
  names: 'issuer',
  signs: 'issuer',
  deltaBase: undefined,
  unknownCritical: false,
  age: 24 * hour,
} as const

/** A list that has the leaf on hold, and what continues it. */
const series: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(list, fc.array(list, { minLength: 1, maxLength: 2 }), fc.constantFrom(6, 6, 1))
  .map(([base, later, reason]) => [
    {
      ...base,
      ...usual,
      target: 'leaf',
      entries: [{ isAboutTarget: true, reason, certificateIssuer: 'none', unknownCritical: false }],
    },
    ...later.map((one) => ({ ...one, continues: one.continues === 'nothing' ? ('delta' as const) : one.continues })),
  ])

/** A list about the leaf by another signer, and one about that signer. */
const delegated: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(list, list, fc.array(list, { maxLength: 1 }))
  .map(([one, other, more]) => [
    { ...one, ...usual, scope: undefined, target: 'leaf', signs: 'namesake', lifetime: 48 * hour },
    { ...other, continues: 'nothing', target: 'signer', names: 'issuer', signs: 'issuer' },
    ...more,
  ])

const elsewhere = { reason: 1, certificateIssuer: 'other', unknownCritical: false } as const

/** An indirect list, and an entry in it that says whose certificate it is about. */
const indirect: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(list, fc.array(list, { maxLength: 1 }), mostly(1, true, false))
  .map(([one, more, isScopeless]) => [
    {
      ...{ ...one, ...usual, target: 'leaf', names: 'crlIssuer', scope: isScopeless ? undefined : one.scope },
      entries: one.entries.length > 0 ? one.entries : [{ ...elsewhere, isAboutTarget: isScopeless }],
    },
    ...more,
  ])

/** A certificate with the name of a CA, or of any, and a key of its own, which may be there to sign lists. */
const delegate = fc.record({
  isOfLeafIssuer: mostly(2, true, false),
  isByItsParent: mostly(2, true, false),
  subject: fc.nat(7),
  by: fc.nat(7),
  keyUsage: mostly<readonly KeyUsage[] | undefined>(3, ['cRLSign'], ['keyCertSign', 'cRLSign'], ['keyCertSign'], undefined),
  ca: mostly(2, true, false),
  isListed: fc.boolean(),
})

/** What a call says about revocation, before its certificates are known. */
export const revocationRecipes = fc.record({
  /** Whether the certificates have no other faults than revocation. */
  isCalm: mostly(8, true, false),
  delegates: fc.array(delegate, { minLength: 1, maxLength: 3 }),
  lists: fc.oneof({ weight: 2, arbitrary: fc.array(list, { maxLength: 4 }) }, series, delegated, indirect),
  depth: mostly<RevocationInputs['depth']>(2, 'leaf', 'chain'),
  unknown: fc.constantFrom<RevocationInputs['unknown']>('refuse', 'allow', 'allow'),
  expired: mostly<RevocationInputs['expired']>(6, 'refuse', 'allow'),
  maxAgeDays: rarely(2, fc.constant(2)),
})

export type RevocationRecipe = Parameters<Parameters<typeof revocationRecipes.map>[0]>[0]

/** Fields of a recipe that break nothing. */
export const faultless = {
  hash: 'sha256',
  keyKind: 'p256',
  wrongSigner: undefined,
  wrongIssuer: undefined,
  keyId: 'signer',
  unknown: undefined,
  extendedKeyUsage: undefined,
  certificatePolicies: undefined,
  policyConstraints: undefined,
  policyMappings: undefined,
  nameConstraints: undefined,
} as const

/** The recipe of a certificate, without faults that have nothing to do with lists if the call is calm. */
export function calmed<R extends object>(recipe: R, { isCalm }: RevocationRecipe, at: number): R {
  return isCalm ? { ...recipe, ...faultless, validity: [at - year, at + year] } : recipe
}

const year = 365 * 24 * hour

/** The additional certificates of a recipe, issued by these CAs, and whether each is listed. */
export function delegatesOf(
  { delegates }: RevocationRecipe,
  leaf: Certificate,
  authorities: readonly Certificate[],
  at: number,
): readonly { readonly certificate: Certificate; readonly isListed: boolean }[] {
  const made: Certificate[] = []
  return delegates.map(({ isOfLeafIssuer, isByItsParent, subject, by, keyUsage, ca, isListed }, i) => {
    const named = authorities.find((authority) => sameText(authority.subject, leaf.issuer))
    const parent = authorities.find(({ key }) => named !== undefined && sameKey(key, named.signedBy))
    const issuer = (isByItsParent ? parent : undefined) ?? [...authorities, ...made][by % (authorities.length + i)]!
    const certificate: Certificate = withoutAbsent({
      serial: 100 + i,
      subject: isOfLeafIssuer ? leaf.issuer : authorities[subject % authorities.length]!.subject,
      issuer: issuer.subject,
      key: { kind: 'p256' as const, slot: 60 + i },
      signedBy: issuer.key,
      hash: 'sha256' as const,
      authorityKeyId: { critical: false, value: issuer.key },
      subjectKeyId: { critical: false, value: undefined },
      notBefore: at - year,
      notAfter: at + year,
      basicConstraints: { critical: true, value: { ca } },
      keyUsage: keyUsage && { critical: true, value: keyUsage },
    })
    made.push(certificate)
    return { certificate, isListed }
  })
}

/** The lists of a recipe, about these certificates, at this time, a whole second. */
export function revocationOf(
  { lists, depth, unknown, expired, maxAgeDays }: RevocationRecipe,
  leaf: Certificate,
  authorities: readonly Certificate[],
  at: number,
): RevocationInputs {
  const made: RevocationList[] = []
  for (const recipe of lists) made.push(listOf(recipe, made.at(-1), leaf, authorities, at))
  return { lists: made, depth, unknown, expired, ...(maxAgeDays !== undefined && { maxAgeDays }) }
}

function listOf(
  recipe: ListRecipe,
  last: RevocationList | undefined,
  leaf: Certificate,
  authorities: readonly Certificate[],
  at: number,
): RevocationList {
  const byName = { leaf, signer: authorities.at(-1)! }
  const target = typeof recipe.target === 'string' ? byName[recipe.target] : authorities[recipe.target % authorities.length]!
  const other = authorities[recipe.other % authorities.length]!
  const own = freshList(recipe, target, other, authorities, at)
  if (recipe.continues === 'nothing' || last === undefined) return own
  return continued(recipe, own, last)
}

function freshList(
  recipe: ListRecipe,
  target: Certificate,
  other: Certificate,
  authorities: readonly Certificate[],
  at: number,
): RevocationList {
  const crlIssuer = target.crlDistributionPoints?.value.find((point) => point.crlIssuer !== undefined)?.crlIssuer
  const isOfCrlIssuer = recipe.names === 'crlIssuer' && crlIssuer !== undefined
  const issuer = isOfCrlIssuer ? crlIssuer : recipe.names === 'other' ? other.subject : target.issuer
  const named = authorities.filter(({ subject }) => sameText(subject, issuer)).map(({ key }) => key)
  const usual = recipe.names === 'issuer' ? target.signedBy : (named[0] ?? other.key)
  const signedBy = recipe.signs === 'issuer' ? usual : recipe.signs === 'namesake' ? (named.at(-1) ?? usual) : other.key
  const thisUpdate = at - recipe.age
  return withoutAbsent({
    issuer: recipe.isRespelled ? respelled(issuer) : issuer,
    signedBy,
    hash: recipe.hash,
    authorityKeyId: keyIdOf(recipe, signedBy, other.key),
    thisUpdate,
    nextUpdate: recipe.lifetime === undefined ? undefined : at + recipe.lifetime,
    number: recipe.number,
    deltaBase: recipe.deltaBase,
    scope: scopeOf(recipe, issuer, isOfCrlIssuer),
    unknownCritical: recipe.unknownCritical ? (true as const) : undefined,
    entries: [...recipe.entries].map((one) => entryOf(one, target, other)),
  })
}

function keyIdOf({ keyId }: ListRecipe, signer: Key, other: Key): Key | undefined {
  return keyId === 'none' ? undefined : keyId === 'signer' ? signer : other
}

function scopeOf({ scope, isRespelled }: ListRecipe, issuer: Name, isOfCrlIssuer: boolean): ListScope | undefined {
  const indirect = isOfCrlIssuer !== (scope?.isIndirect === true) ? (true as const) : undefined
  const point = scope?.point === 'issuer' ? { directory: isRespelled ? respelled(issuer) : issuer } : scope?.point
  const fields = withoutAbsent({ point, only: scope?.only, reasons: scope?.reasons, indirect })
  return Object.keys(fields).length === 0 ? undefined : (fields as ListScope)
}

function entryOf(
  { isAboutTarget, reason, certificateIssuer, unknownCritical }: ListRecipe['entries'][number],
  target: Certificate,
  other: Certificate,
): ListEntry {
  return withoutAbsent({
    serial: isAboutTarget ? target.serial : other.serial,
    reason,
    certificateIssuer: certificateIssuer === 'none' ? undefined : certificateIssuer === 'own' ? target.issuer : other.subject,
    unknownCritical: unknownCritical ? (true as const) : undefined,
  })
}

/** A later list of the same series, or a delta to the last one, apart from one field. */
function continued(
  { continues, changed, isLifting, baseOffset }: ListRecipe,
  own: RevocationList,
  last: RevocationList,
): RevocationList {
  const { deltaBase: _base, ...previous } = last
  const number = last.number ?? 5
  const next: RevocationList = {
    ...previous,
    ...(last.number === undefined && continues === 'list' ? {} : { number: number + 1 }),
    thisUpdate: last.thisUpdate + hour,
    entries: own.entries,
    ...(continues === 'delta' && {
      deltaBase: Math.max(0, number + baseOffset),
      entries: isLifting ? last.entries.map((one) => ({ ...one, reason: 8 })) : own.entries,
    }),
  }
  if (changed === undefined) return next
  return withoutAbsent({ ...next, [changed]: own[changed] })
}

function respelled(name: Name): Name {
  return name.map(([type, value]) => [type, ` ${value.toUpperCase()}`] as const)
}

function sameText(a: Name, b: Name): boolean {
  return JSON.stringify(a).toLowerCase() === JSON.stringify(b).toLowerCase()
}
