import { withoutAbsent } from './alphabet.ts'
import type { ListEntry, ListScope, RevocationInputs, RevocationList } from './list-model.ts'
import { hour, type ListRecipe } from './list-recipes.ts'
import { type Certificate, type Key, type Name, sameKey } from './model.ts'
import type { RevocationRecipe } from './revocation-recipes.ts'

/** Random revocation lists for the certificates of a call, and certificates that may sign them. */

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

/** The leaf, with what the recipe says about it. */
export function revocable(leaf: Certificate, { isLeafCa, hasIndirectPoint, hasCriticalPoints }: RevocationRecipe): Certificate {
  if (leaf.version === 1) return leaf
  const ownPoint = { name: { uri: 'http://crl.example/1' } }
  return {
    ...leaf,
    ...(isLeafCa ? { basicConstraints: { critical: true, value: { ca: true } } } : {}),
    ...(hasCriticalPoints ? { crlDistributionPoints: { critical: true, value: [ownPoint] } } : {}),
    ...(hasIndirectPoint ? { crlDistributionPoints: { critical: false, value: [{ crlIssuer: leaf.issuer }] } } : {}),
  }
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
  return delegates.map(({ isOfLeafIssuer, isByItsParent, isByPrevious, subject, by, keyUsage, ca, isListed, ...one }, i) => {
    const named = authorities.find((authority) => sameText(authority.subject, leaf.issuer))
    const parent = authorities.find(({ key }) => named !== undefined && sameKey(key, named.signedBy))
    const previous = isByPrevious ? made.at(-1) : undefined
    const issuer = previous ?? (isByItsParent ? parent : undefined) ?? [...authorities, ...made][by % (authorities.length + i)]!
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
      notAfter: one.hasEnded ? at - hour : at + year,
      basicConstraints: { critical: true, value: withoutAbsent({ ca, pathLength: ca ? one.pathLength : undefined }) },
      keyUsage: keyUsage && { critical: true, value: keyUsage },
      unknown: one.hasUnknown ? { critical: true, value: undefined } : undefined,
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
