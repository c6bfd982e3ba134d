import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Policy, parseRevocationList, profiles, type RevocationCheck, verifyChain } from '../../src/index.ts'
import { type CrlSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, root, storeFor } from '../support/rejected-chain.ts'

/**
 * Compares verdicts on random sets of revocation lists with a direct model of RFC 5280 6.3 and of our rule that a list always
 * rejects the certificates that it names. Lists are valid or have one of many faults. The model uses the specification of each
 * list, not its bytes.
 */

const hour = 3_600_000
const at = Math.floor(Date.now() / 1000) * 1000
const when = (hours: number): Date => new Date(at + hours * hour)

const ca = mint({ ca: true, key: keyPair('p256', 60), subject: 'O=Verify,CN=Issuing' }, root)
const signs = { keyUsage: ['cRLSign'], extendedKeyUsage: [] } as const
const signers = {
  own: ca,
  delegate: mint({ ...signs, key: keyPair('p256', 61), subject: ca.subject }, root),
  lists: mint({ ...signs, key: keyPair('p256', 62), subject: 'O=Verify,CN=Lists' }, root),
  /** Has the CA's name and an uncertified key. */
  forger: mint({ ca: true, key: keyPair('p256', 63), subject: ca.subject }),
}
const allReasons = [1, 2, 3, 4, 5, 6, 7, 8]
const uri = 'http://crl.example/1'

/** Scopes of lists, as fields to mint. */
const scopes = {
  all: {},
  users: { idp: { onlyContainsUserCerts: true } },
  authorities: { idp: { onlyContainsCaCerts: true } },
  attributes: { idp: { onlyContainsAttributeCerts: true } },
  point: { idp: { uri } },
  otherPoint: { idp: { uri: 'http://crl.example/2' } },
  ownName: { idp: { fullName: [{ directory: 'O=verify,CN= ISSUING' }] } },
  someReasons: { idp: { onlySomeReasons: [1, 2, 3] } },
  otherReasons: { idp: { onlySomeReasons: [4, 5, 6, 7, 8] } },
  indirect: { idp: { indirect: true } },
  indirectPoint: { idp: { indirect: true, uri } },
} as const satisfies Record<string, Partial<CrlSpec>>

interface ListModel {
  readonly signer: keyof typeof signers
  readonly scope: keyof typeof scopes
  readonly number: number | null
  readonly thisUpdate: number
  readonly nextUpdate: number | null
  readonly deltaBase: number | undefined
  readonly unknownCritical: 'nowhere' | 'list' | 'entry'
  /** Whether an entry for another serial number, before the client's, names another issuer. */
  readonly stray: boolean
  readonly weakHash: boolean
  readonly names:
    | 'nobody'
    | { readonly reason: number | undefined; readonly issuer: 'none' | 'own' | 'other'; readonly copies: number }
}

const rarely = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

const listModels: fc.Arbitrary<ListModel> = fc.record<ListModel>({
  signer: fc.constantFrom('own', 'own', 'own', 'own', 'delegate', 'lists', 'lists', 'forger'),
  scope: fc.oneof(fc.constant('all' as const), fc.constantFrom(...(Object.keys(scopes) as (keyof typeof scopes)[]))),
  number: rarely<number | null>(1, 2, 3, 300, null).chain((one) => fc.constantFrom(one, one, 2)),
  thisUpdate: fc.constantFrom(-72, -48, -48, -24, 1 / 60),
  nextUpdate: rarely<number | null>(24, -1, null),
  deltaBase: rarely<number | undefined>(undefined, 1, 2),
  unknownCritical: rarely<ListModel['unknownCritical']>('nowhere', 'list', 'entry'),
  stray: rarely(false, true),
  weakHash: rarely(false, true),
  names: fc.oneof(
    { weight: 3, arbitrary: fc.constant('nobody' as const) },
    {
      weight: 2,
      arbitrary: fc.record({
        reason: fc.constantFrom(undefined, 1, 6, 6, 8),
        issuer: rarely<'none' | 'own' | 'other'>('none', 'own', 'other'),
        copies: fc.oneof({ weight: 30, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(600) }),
      }),
    },
  ),
})

interface Case {
  readonly lists: readonly ListModel[]
  readonly points: 'none' | 'point' | 'lists'
  readonly strict: boolean
  readonly check: Omit<RevocationCheck, 'lists'>
}

const cases: fc.Arbitrary<Case> = fc.record({
  lists: fc.array(listModels, { maxLength: 4 }),
  points: fc.constantFrom('none' as const, 'point' as const, 'lists' as const),
  strict: rarely(false, true),
  check: fc.record(
    {
      unknown: fc.constantFrom('allow' as const, 'refuse' as const),
      expired: rarely<'refuse' | 'allow'>('refuse', 'allow'),
      maxAgeDays: fc.constant(2.5),
      depth: fc.constantFrom('leaf' as const, 'chain' as const),
    },
    { requiredKeys: [] },
  ),
})

const clients: Readonly<Record<Case['points'], Minted>> = {
  none: mint({ key: leafKey, subject: 'O=Verify,CN=Client' }, ca),
  point: mint({ key: leafKey, subject: 'O=Verify,CN=Client', crlDistributionPoints: [uri] }, ca),
  lists: mint(
    { key: leafKey, subject: 'O=Verify,CN=Client', crlDistributionPoints: [{ uri, crlIssuer: signers.lists.subject }] },
    ca,
  ),
}

function made(model: ListModel, client: Minted): Uint8Array {
  const issuer = signers[model.signer]
  const { names } = model
  const named = names === 'nobody' ? [] : Array.from({ length: names.copies }, () => entryOf(names, client))
  return mintCrl({
    issuer,
    ...scopes[model.scope],
    crlNumber: model.number,
    thisUpdate: when(model.thisUpdate),
    nextUpdate: model.nextUpdate === null ? null : when(model.nextUpdate),
    ...(model.deltaBase !== undefined && { deltaBase: model.deltaBase }),
    ...(model.weakHash && { hash: 'sha1' }),
    extensions:
      model.unknownCritical === 'list' ? [{ oid: '1.3.6.1.4.1.99999.3', critical: true, value: Uint8Array.of(5, 0) }] : [],
    revoked: [
      { serial: 900n, ...(model.stray && { certificateIssuer: 'O=Verify,CN=Somebody' }) },
      { serial: 901n, critical: model.unknownCritical === 'entry' },
      ...named,
    ],
  }).der
}

function entryOf(
  { reason, issuer }: Exclude<ListModel['names'], 'nobody'>,
  client: Minted,
): NonNullable<CrlSpec['revoked']>[number] {
  return {
    serial: client.serial,
    ...(reason !== undefined && { reason }),
    ...(issuer !== 'none' && { certificateIssuer: issuer === 'own' ? 'O=VERIFY,CN=Issuing' : 'O=Verify,CN=Somebody' }),
  }
}

/** Whether the signer is this CA, its delegate, or the CRL issuer that the client's distribution point names. */
function mayRevoke({ signer }: ListModel, points: Case['points']): boolean {
  return signer === 'own' || signer === 'delegate' || (signer === 'lists' && points === 'lists')
}

const isIndirect = ({ scope }: ListModel): boolean => scope === 'indirect' || scope === 'indirectPoint'
const isStray = (list: ListModel): boolean =>
  !isIndirect(list) && (list.stray || (list.names !== 'nobody' && list.names.issuer !== 'none'))

/** Whether an entry is about the client. In an indirect list, a named issuer also applies to the entries that follow. */
function mentions(list: ListModel): boolean {
  if (list.names === 'nobody') return false
  if (list.names.issuer !== 'none') return list.names.issuer === 'own'
  return isIndirect(list) && list.stray ? false : list.signer !== 'lists'
}

const reasonOf = (list: ListModel): number | undefined => (list.names === 'nobody' ? undefined : list.names.reason)
const revokes = (list: ListModel): boolean => mentions(list) && !(list.deltaBase !== undefined && reasonOf(list) === 8)
const mayBeUsed = (list: ListModel): boolean => list.unknownCritical === 'nowhere' && !isStray(list) && !list.weakHash

function isCurrent(list: ListModel, { strict, check }: Case): boolean {
  if (!mayBeUsed(list) || (strict && list.number === null) || list.thisUpdate > 0) return false
  const days = check.maxAgeDays
  if (days !== undefined && -list.thisUpdate > days * 24) return false
  if (check.expired === 'allow') return true
  return list.nextUpdate === null ? days !== undefined : list.nextUpdate >= 0
}

const sameSeries = (a: ListModel, b: ListModel): boolean => a !== b && a.signer === b.signer && a.scope === b.scope

function isNewer(a: ListModel, b: ListModel): boolean {
  if (a.number === null || b.number === null) return a.number === b.number && a.thisUpdate > b.thisUpdate
  return a.number > b.number && a.thisUpdate >= b.thisUpdate
}

function takenBackBy(list: ListModel, all: Case): 'list' | 'delta' | undefined {
  const later = all.lists.filter((other) => sameSeries(other, list) && isCurrent(other, all))
  if (later.some((other) => other.deltaBase === undefined && isNewer(other, list) && !revokes(other))) return 'list'
  const number = list.number
  if (reasonOf(list) !== 6 || number === null) return undefined
  const lifts = later.some(
    (delta) =>
      delta.deltaBase !== undefined &&
      delta.number !== null &&
      delta.deltaBase <= number &&
      number < delta.number &&
      mentions(delta) &&
      reasonOf(delta) === 8,
  )
  return lifts ? 'delta' : undefined
}

/** The reasons that a list covers for the client. */
function coverage(list: ListModel, points: Case['points']): readonly number[] {
  const { scope, signer } = list
  const reasons = scope === 'someReasons' ? [1, 2, 3] : scope === 'otherReasons' ? [4, 5, 6, 7, 8] : allReasons
  if (scope === 'authorities' || scope === 'attributes' || scope === 'otherPoint') return []
  const namesPoint = scope === 'point' || scope === 'indirectPoint'
  if (signer === 'lists') return points === 'lists' && isIndirect(list) ? reasons : []
  if (isIndirect(list)) return []
  if (namesPoint) return points === 'point' ? reasons : []
  return reasons
}

function expected(all: Case): string {
  const { lists, points, check } = all
  const fromIssuer = lists.filter((list) => mayRevoke(list, points))
  const naming = fromIssuer.filter((list) => revokes(list) && takenBackBy(list, all) === undefined)
  if (naming.some(mayBeUsed)) return 'revoked 0'
  const clearing = fromIssuer.filter(
    (list) =>
      !naming.includes(list) &&
      list.deltaBase === undefined &&
      isCurrent(list, all) &&
      !(revokes(list) && takenBackBy(list, all) === 'list'),
  )
  const cleared = new Set(clearing.flatMap((list) => coverage(list, points)))
  if (naming.length === 0 && cleared.size === allReasons.length) return 'accepted'
  const isCovered = lists.some((list) => coverage(list, points).length > 0)
  return naming.length === 0 && !isCovered && check.unknown === 'allow' ? 'accepted' : 'revocation_unknown 0'
}

const rootList = valueIn(parseRevocationList(mintCrl({ issuer: root }).der))
// Only the root is an anchor. A list's signer needs a path to the client's anchor (RFC 5280 6.3.3 (f)), and the delegate has
// a path to the root only.
const policy: Policy = { ...profiles.rfc5280, trust: 'roots' }
const stores = {
  practical: storeFor({ ...policy, conformance: 'practical' }, root, ca, signers.delegate, signers.lists),
  strict: storeFor(policy, root, ca, signers.delegate, signers.lists),
}

function judged(all: Case): string {
  const client = clients[all.points]
  const lists = all.lists.map((model) => valueIn(parseRevocationList(made(model, client))))
  const verdict = verifyChain(all.strict ? stores.strict : stores.practical, [client.der, ca.der, signers.forger.der], {
    at,
    revocation: { lists: [...lists, rootList], ...all.check },
  })
  return verdict.ok ? 'accepted' : `${verdict.code} ${verdict.index}`
}

describe('any set of revocation lists', () => {
  it('rejects what one of them names and accepts what they cover together, as the model of the rules does', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(cases, (all) => {
        const wanted = expected(all)
        seen.set(wanted, (seen.get(wanted) ?? 0) + 1)
        expect(judged(all)).toBe(wanted)
      }),
      { numRuns: 600 },
    )
    // The generator must produce all three often.
    for (const verdict of ['accepted', 'revoked 0', 'revocation_unknown 0']) expect(seen.get(verdict)).toBeGreaterThan(60)
  })
})
