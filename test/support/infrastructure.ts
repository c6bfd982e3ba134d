import fc from 'fast-check'
import { type KeyPair, keyPair, type Minted, mint } from './mint.ts'
import { toySigned } from './toy-signatures.ts'

/**
 * Small PKIs with everything that makes path building hard: few names for many keys, roots that were
 * renewed or re-keyed, cross certificates, expired and false CAs, and key identifiers that are right, wrong or missing.
 */

/** A CA's certificate. Names and keys are numbers. It is self-signed if both equal its issuer's. */
export interface AuthorityRecipe {
  readonly subject: number
  readonly key: number
  readonly issuer: number
  readonly issuerKey: number
  readonly when: keyof typeof dates
  readonly pathLength: number | undefined
  readonly ca: boolean
  /** The keys that its key identifiers name; absent: none. Correct values are `key` and `issuerKey`. */
  readonly subjectKeyId: number | undefined
  readonly authorityKeyId: number | undefined
}

export interface Infrastructure {
  readonly authorities: readonly AuthorityRecipe[]
  readonly leaf: Pick<AuthorityRecipe, 'issuer' | 'issuerKey' | 'authorityKeyId'>
}

const day = 86_400_000
const dates = {
  valid: {},
  expired: { notBefore: new Date(Date.now() - 20 * day), notAfter: new Date(Date.now() - 10 * day) },
  future: { notBefore: new Date(Date.now() + 10 * day), notAfter: new Date(Date.now() + 20 * day) },
} as const

const subject = fc.nat(2)
const key = fc.nat(3)
const lie = fc.option(key, { nil: undefined })

/** What a certificate says of its issuer: often that it is one of the authorities, by number; else any name and key. */
const issuing = fc.record({
  by: fc.option(fc.nat(7), { nil: undefined, freq: 3 }),
  issuer: subject,
  issuerKey: key,
  tellsIssuer: fc.boolean(),
  authorityKeyId: lie,
})

const authority = fc.record({
  subject,
  key,
  issuing,
  isSelfSigned: fc.constantFrom(true, false, false),
  when: fc.constantFrom('valid', 'valid', 'valid', 'valid', 'valid', 'expired', 'future'),
  pathLength: fc.option(fc.nat(2), { nil: undefined, freq: 3 }),
  ca: fc.constantFrom(true, true, true, true, true, false),
  tellsOwn: fc.boolean(),
  subjectKeyId: lie,
})

type Raw<T> = T extends fc.Arbitrary<infer U> ? U : never

function issuerOfRaw(
  { by, tellsIssuer, ...said }: Raw<typeof issuing>,
  all: readonly { readonly subject: number; readonly key: number }[],
): Infrastructure['leaf'] {
  const chosen = by === undefined ? undefined : all[by % all.length]
  const issued = chosen === undefined ? said : { ...said, issuer: chosen.subject, issuerKey: chosen.key }
  return tellsIssuer ? { ...issued, authorityKeyId: issued.issuerKey } : issued
}

function authorityOfRaw(
  { issuing, isSelfSigned, tellsOwn, ...own }: Raw<typeof authority>,
  all: readonly Raw<typeof authority>[],
): AuthorityRecipe {
  const issued = isSelfSigned ? issuerOfRaw({ ...issuing, by: 0 }, [own]) : issuerOfRaw(issuing, all)
  const recipe = { ...own, ...issued, ...(tellsOwn && { subjectKeyId: own.key }) }
  const { subject, key, issuer, issuerKey, subjectKeyId, authorityKeyId } = recipe
  // A truststore leaves out certificates that only claim to be self-signed, whatever their key identifiers.
  const claimsSelf = issuer === subject && (authorityKeyId === undefined || authorityKeyId === subjectKeyId)
  return claimsSelf && issuerKey !== key ? { ...recipe, subjectKeyId: key, authorityKeyId: issuerKey } : recipe
}

/** The first authority is a valid root. */
export const infrastructures: fc.Arbitrary<Infrastructure> = fc
  .record({ authorities: fc.array(authority, { minLength: 2, maxLength: 8 }), leaf: issuing })
  .map(({ authorities, leaf }) => {
    const [{ subject, key }] = authorities as [Raw<typeof authority>]
    const own = { subject, key, issuer: subject, issuerKey: key, subjectKeyId: key, authorityKeyId: key }
    const root: AuthorityRecipe = { ...own, when: 'valid', pathLength: undefined, ca: true }
    const others = authorities.slice(1).map((raw) => authorityOfRaw(raw, authorities))
    return { authorities: [root, ...others], leaf: issuerOfRaw(leaf, authorities) }
  })

/** The same infrastructure with the key identifiers that RFC 5280 asks for. */
export function withHonestKeyIds({ authorities, leaf }: Infrastructure): Infrastructure {
  return {
    authorities: authorities.map((recipe) => ({
      ...recipe,
      subjectKeyId: recipe.key,
      authorityKeyId: recipe.issuerKey,
    })),
    leaf: { ...leaf, authorityKeyId: leaf.issuerKey },
  }
}

function keyOf(number: number): KeyPair {
  return keyPair('p256', 20 + number)
}

const issuers = new Map<string, Minted>()

/** The spec of an unlisted certificate by this issuer. */
function issuerOf({ issuer, issuerKey }: Pick<AuthorityRecipe, 'issuer' | 'issuerKey'>): Minted {
  const name = `${issuer} ${issuerKey}`
  const made = issuers.get(name) ?? mint(toySigned({ ca: true, subject: `O=Order,CN=CA ${issuer}`, key: keyOf(issuerKey) }))
  issuers.set(name, made)
  return made
}

/** The octets of a key identifier. */
function identifier(number: number | undefined): Uint8Array | false {
  return number === undefined ? false : Uint8Array.of(0xed, number)
}

/** The certificates, signed by the toy scheme. */
export function mintInfrastructure({ authorities, leaf }: Infrastructure): {
  readonly authorities: readonly Minted[]
  readonly leaf: Minted
} {
  const issued = authorities.map((recipe) => {
    const { subject, key, when, ca, pathLength, subjectKeyId, authorityKeyId } = recipe
    const issuer = issuerOf(recipe)
    const spec = {
      ca,
      subject: `O=Order,CN=CA ${subject}`,
      key: keyOf(key),
      ...dates[when],
      ...(ca && pathLength !== undefined && { pathLength }),
      subjectKeyId: identifier(subjectKeyId),
      authorityKeyId: identifier(authorityKeyId),
    }
    return mint(toySigned(spec, issuer), issuer)
  })
  const issuer = issuerOf(leaf)
  const spec = { key: keyPair('p256', 30), authorityKeyId: identifier(leaf.authorityKeyId) }
  return { authorities: issued, leaf: mint(toySigned(spec, issuer), issuer) }
}

const places = [0, 1, 2, 3, 4, 5, 6, 7, 8]

/** An order of up to nine things. */
export const order: fc.Arbitrary<readonly number[]> = fc.shuffledSubarray(places, { minLength: places.length })

export function inOrder<T>(items: readonly T[], places: readonly number[]): readonly T[] {
  return places.flatMap((place) => items.slice(place, place + 1))
}
