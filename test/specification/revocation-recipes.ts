import fc from 'fast-check'
import { mostly, rarely } from './alphabet.ts'
import type { RevocationInputs } from './list-model.ts'
import { delegatedAlone, faulty, indirectAlone, lists } from './list-recipes.ts'
import type { KeyUsage } from './model.ts'

/** What random calls say about revocation, before their certificates are known: lists, and who else may sign some. */

/** A certificate with the name of a CA, or of any, and a key of its own, which may be there to sign lists. */
const delegate = fc.record({
  isOfLeafIssuer: mostly(2, true, false),
  isByItsParent: mostly(2, true, false),
  subject: fc.nat(7),
  by: fc.nat(7),
  keyUsage: mostly<readonly KeyUsage[] | undefined>(3, ['cRLSign'], ['keyCertSign', 'cRLSign'], ['keyCertSign'], undefined),
  ca: mostly(2, true, false),
  isListed: fc.boolean(),
  /** The certificate before it issued it, as CAs that renew their key do. */
  isByPrevious: mostly(4, false, true),
  pathLength: rarely(8, fc.constant(0)),
  hasEnded: mostly(12, false, true),
  hasUnknown: mostly(5, false, true),
})

type Delegate = Parameters<Parameters<typeof delegate.map>[0]>[0]

/** Each certified by the one before, with the name of the leaf's issuer. Only the last one signs lists. */
const chained = fc.array(delegate, { minLength: 1, maxLength: 3 }).map((delegates): readonly Delegate[] =>
  delegates.map((one, i) => ({
    ...one,
    ...{ isOfLeafIssuer: true, isByItsParent: true, isByPrevious: i > 0, ca: true, pathLength: undefined },
    keyUsage: i === delegates.length - 1 ? one.keyUsage : (['keyCertSign', 'cRLSign'] as const),
  })),
)

/** The last one has the name of the leaf's issuer, but is certified by another CA. */
const detoured = fc.tuple(delegate, delegate).map(([first, last]): readonly Delegate[] => [
  { ...first, isOfLeafIssuer: false, isByItsParent: true, isByPrevious: false, ca: true, keyUsage: undefined },
  { ...last, isOfLeafIssuer: true, isByPrevious: true },
])

const usualRecipe = {
  /** Whether the certificates have no other faults than revocation. */
  isCalm: mostly(8, true, false),
  /** Whether they conform at every level, and the policy demands it. */
  isConforming: mostly(4, false, true),
  /** Whether `maxChainLength` is the number of CAs, so that the paths of signers may be too long. */
  isTight: mostly(2, false, true),
  /** Whether the leaf is a CA, and whether its only distribution point names its issuer as the CRL issuer. */
  isLeafCa: mostly(8, false, true),
  /** Whether the leaf is listed, and has critical distribution points. */
  isPinned: mostly(8, false, true),
  hasCriticalPoints: mostly(8, false, true),
  hasIndirectPoint: mostly(20, false, true),
  depth: mostly<RevocationInputs['depth']>(2, 'leaf', 'chain'),
  unknown: fc.constantFrom<RevocationInputs['unknown']>('refuse', 'allow', 'allow'),
  expired: mostly<RevocationInputs['expired']>(6, 'refuse', 'allow'),
  maxAgeDays: rarely(2, fc.constant(2)),
}

const anyDelegates = fc.oneof<fc.Arbitrary<readonly Delegate[]>[]>(
  fc.array(delegate, { minLength: 1, maxLength: 3 }),
  chained,
  detoured,
)

const calm = { isCalm: fc.constant(true), depth: fc.constant<RevocationInputs['depth']>('leaf') }

/** What a call says about revocation, before its certificates are known. */
export const revocationRecipes = fc.oneof(
  { weight: 7, arbitrary: fc.record({ ...usualRecipe, lists, delegates: anyDelegates }) },
  // About the signer of one list, whose own status nobody asks for.
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ ...usualRecipe, ...calm, unknown: fc.constant<RevocationInputs['unknown']>('allow') },
      ...{ isTight: fc.boolean(), lists: delegatedAlone, delegates: fc.oneof(chained, detoured) },
    }),
  },
  // About the entries of an indirect list.
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ ...usualRecipe, ...calm, hasIndirectPoint: fc.constant(true) },
      ...{ lists: indirectAlone, delegates: anyDelegates },
    }),
  },
  // About the scope of a list.
  {
    weight: 1,
    arbitrary: fc.record({ ...usualRecipe, ...calm, isLeafCa: fc.boolean(), lists: faulty, delegates: anyDelegates }),
  },
)

export type RevocationRecipe = Parameters<Parameters<typeof revocationRecipes.map>[0]>[0]
