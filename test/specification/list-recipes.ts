import fc from 'fast-check'
import { mostly, rarely, withoutAbsent } from './alphabet.ts'
import type { DistributionPoint, ListScope, PointName, ReasonFlag, RevocationList } from './list-model.ts'
import type { Extension, Hash, Name } from './model.ts'

/**
 * What random revocation lists are made of, before the certificates of the call are known. Usual lists are signed by the issuer of
 * the certificate that they are about and clear it; about half of the others continue the list before them, because lists are only
 * compared within a series. Some recipes are about one clause that seldom decides otherwise.
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
  return fc.record({ critical: mostly(30, false, true), value: fc.array(point, { minLength: 1, maxLength: 2 }) })
}

const entry = fc.record({
  isAboutTarget: mostly(4, true, false),
  reason: fc.constantFrom(undefined, 1, 6, 6, 8),
  certificateIssuer: mostly<'none' | 'own' | 'other'>(3, 'none', 'own', 'other'),
  unknownCritical: mostly(12, false, true),
})

const second = 1000
export const hour = 3600 * second

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
  age: mostly(4, 24 * hour, 0, -second, 72 * hour, 48 * hour),
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

export type ListRecipe = Parameters<Parameters<typeof list.map>[0]>[0]

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

/** A list about the leaf by its issuer, with at most one fault. */
const plain = {
  ...usual,
  target: 'leaf',
  hash: 'sha256',
  isRespelled: false,
  keyId: 'signer',
  lifetime: 48 * hour,
  number: 5,
  scope: undefined,
  entries: [],
} as const

const wholeScope = { point: undefined, only: undefined, reasons: undefined, isIndirect: false } as const
const bystanding = { isAboutTarget: false, reason: 1, certificateIssuer: 'none', unknownCritical: false } as const

const faults: readonly Partial<ListRecipe>[] = [
  {},
  { unknownCritical: true },
  { entries: [bystanding] },
  { entries: [{ ...bystanding, unknownCritical: true }] },
  { entries: [{ ...bystanding, certificateIssuer: 'own' }] },
  { hash: 'sha1' },
  { age: -second },
  { age: 48 * hour },
  { age: 72 * hour },
  { lifetime: 0 },
  { lifetime: -second },
  { lifetime: undefined },
  { number: undefined },
  { signs: 'other' },
  { scope: { ...wholeScope, only: 'users' } },
  { scope: { ...wholeScope, only: 'users' } },
  { scope: { ...wholeScope, only: 'authorities' } },
  { scope: { ...wholeScope, only: 'attributes' } },
  { scope: { ...wholeScope, reasons: [1, 2, 3, 4] } },
  { scope: { ...wholeScope, reasons: [1, 2, 3, 4] } },
  { scope: { ...wholeScope, point: uris[0]! } },
]

export const faulty: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(list, fc.constantFrom(...faults), fc.boolean())
  .map(([one, fault, isPair]) => {
    const { scope } = fault
    const made = { ...one, ...plain, ...fault }
    // Two lists may cover all reasons together.
    return isPair && scope?.reasons !== undefined ? [made, { ...made, scope: { ...scope, reasons: [5, 6, 7, 8] } }] : [made]
  })

/**
 * A list by the last namesake of the leaf's issuer, which clears the leaf, or names it next to a list that clears it; and then
 * perhaps a later one that does not.
 */
export const delegatedAlone: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(list, mostly<'clears' | 'names' | 'named'>(1, 'clears', 'names', 'named'))
  .map(([one, what]) => {
    // The signers are CAs, so the list is not about them.
    const own = { ...one, ...plain, scope: { ...wholeScope, only: 'users' as const } }
    const delegated: ListRecipe = { ...own, signs: 'namesake' }
    const naming: ListRecipe = { ...delegated, entries: [{ ...bystanding, isAboutTarget: true }] }
    const later: ListRecipe = { ...delegated, continues: 'list', changed: undefined }
    return what === 'clears' ? [delegated] : what === 'names' ? [own, naming] : [own, naming, later]
  })

const contradiction: Partial<ListRecipe> = { isLifting: false, entries: [{ ...bystanding, isAboutTarget: true }] }

/** A hold, and a delta that lifts it, with at most one difference that matters. */
const lifted: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(
    list,
    list,
    fc.constantFrom<Partial<ListRecipe>>(
      {},
      {},
      contradiction,
      { changed: 'authorityKeyId' },
      { changed: 'scope' },
      { baseOffset: 1 },
    ),
  )
  .map(([base, delta, difference]) => [
    { ...base, ...plain, entries: [{ ...bystanding, isAboutTarget: true, reason: 6 }] },
    {
      ...{ ...delta, ...plain, continues: 'delta', changed: undefined, isLifting: true, baseOffset: 0 },
      ...{ keyId: 'none', scope: { ...wholeScope, only: 'users' } },
      ...difference,
    },
  ])

/** A list that names the leaf, and one that does not, which may not be a later one. */
const superseded: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(
    list,
    list,
    fc.constantFrom<Partial<ListRecipe>>(
      {},
      { changed: 'number' },
      { changed: 'thisUpdate', age: 72 * hour },
      { changed: 'signedBy', signs: 'other' },
    ),
  )
  .map(([base, next, difference]) => [
    { ...base, ...plain, entries: [{ ...bystanding, isAboutTarget: true }] },
    { ...next, ...plain, continues: 'list', changed: undefined, ...difference },
  ])

const held: ListRecipe['entries'] = [{ ...bystanding, isAboutTarget: true, reason: 6 }]

/** A hold that a delta lifts, after a list that revokes, or after another delta that repeats the hold. */
const liftedLate: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(list, fc.boolean())
  .map(([one, isRevokedBefore]): readonly ListRecipe[] => {
    const own = { ...one, ...plain, changed: undefined, baseOffset: 0 }
    const lifting: ListRecipe = { ...own, continues: 'delta', isLifting: true }
    return isRevokedBefore
      ? [{ ...own, entries: [{ ...bystanding, isAboutTarget: true }] }, { ...own, continues: 'list', entries: held }, lifting]
      : [
          { ...own, entries: held },
          { ...own, continues: 'delta', isLifting: false, entries: held },
          { ...lifting, baseOffset: -1 },
        ]
  })

/** An indirect list by the leaf's issuer, with an entry about somebody else's certificate, or about the leaf. */
export const indirectAlone: fc.Arbitrary<readonly ListRecipe[]> = fc
  .tuple(list, fc.constantFrom('own', 'other', 'other'), fc.boolean())
  .map(([one, certificateIssuer, isAboutTarget]) => [
    { ...one, ...plain, names: 'crlIssuer', entries: [{ ...bystanding, certificateIssuer, isAboutTarget }] },
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

export const lists = fc.oneof(
  { weight: 2, arbitrary: fc.array(list, { maxLength: 4 }) },
  ...[series, delegated, indirect, lifted, liftedLate, superseded],
  {
    weight: 2,
    arbitrary: faulty,
  },
)
