import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, profiles, type RejectCode, type Verdict, verifyChain } from '../../src/index.ts'
import {
  type AuthorityRecipe,
  type Infrastructure,
  infrastructures,
  inOrder,
  mintInfrastructure,
  order,
  withHonestKeyIds,
} from '../support/infrastructure.ts'
import { toySignatures } from '../support/toy-signatures.ts'

/** Key identifiers are hints: whatever they say, and in whatever order a bundle stands, verdicts are what signatures make them. */

type Trust = Policy['trust']

/** Every way from the leaf upwards, tried one by one: by name, by the key that signed, and by nothing else. */
function isAccepted({ authorities, leaf }: Infrastructure, isListed: (i: number) => boolean, trust: Trust): boolean {
  const leads = ({ issuer, issuerKey }: Infrastructure['leaf'], below: readonly AuthorityRecipe[]): boolean =>
    authorities.some((authority, i) => {
      if (authority.subject !== issuer || authority.key !== issuerKey || below.length === 4) return false
      const counted = below.filter((ca) => ca.subject !== ca.issuer).length
      if (!authority.ca || authority.when !== 'valid' || counted > (authority.pathLength ?? 4)) return false
      const isSelfSigned = authority.subject === authority.issuer && authority.key === authority.issuerKey
      return (isListed(i) && (isSelfSigned || trust !== 'roots')) || leads(authority, [...below, authority])
    })
  return leads(leaf, [])
}

/** No path leads to an anchor; which of these is said depends on what key identifiers promise. */
const noPath: readonly RejectCode[] = ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain', 'signature_mismatch']

function essence(verdict: Verdict): string {
  return verdict.ok ? 'accepted' : noPath.includes(verdict.code) ? 'no path' : verdict.code
}

interface Setting {
  readonly name: string
  readonly policy: Partial<Policy>
  /** Of the authorities. */
  readonly isListed: (i: number) => boolean
  readonly listsLeaf: boolean
}

const settings: readonly Setting[] = [
  { name: 'all of it in the truststore, trusting roots', policy: {}, isListed: () => true, listsLeaf: false },
  { name: 'the same, with the client itself', policy: {}, isListed: () => true, listsLeaf: true },
  {
    name: 'a half of it sent by the peer, trusting roots',
    policy: { intermediates: 'presented' },
    isListed: (i) => i % 2 === 0,
    listsLeaf: false,
  },
  {
    name: 'a half of it sent by the peer, trusting every CA',
    policy: { intermediates: 'presented', trust: 'every-ca' },
    isListed: (i) => i % 2 === 0,
    listsLeaf: true,
  },
]

describe('key identifiers change no verdict', () => {
  it.each(settings)('$name', ({ policy: given, isListed, listsLeaf }) => {
    const budget = { ...profiles.apiGateway.budget, signatures: 1000 }
    const policy: Policy = { ...profiles.apiGateway, budget, ...given }
    const seen = new Map<string, number>()
    const judge = (infrastructure: Infrastructure, places: readonly number[]): { verdict: Verdict; kept: number } => {
      const { authorities, leaf } = mintInfrastructure(infrastructure)
      const listed = [...authorities.filter((_, i) => isListed(i)), ...(listsLeaf ? [leaf] : [])]
      const sent = authorities.filter((_, i) => !isListed(i))
      const ders = inOrder(listed, places).map(({ der }) => der)
      const store = buildTruststore(ders, { policy, signatures: toySignatures })
      const chain = [leaf, ...inOrder(sent, places)].map(({ der }) => der)
      return { verdict: verifyChain(store, chain), kept: store.certificates.length }
    }
    fc.assert(
      fc.property(infrastructures, order, (infrastructure, places) => {
        const honest = judge(
          withHonestKeyIds(infrastructure),
          places.toSorted((a, b) => a - b),
        )
        const { verdict, kept } = judge(infrastructure, places)
        expect(verdict.ok).toBe(isAccepted(infrastructure, isListed, policy.trust))
        expect(honest.verdict.ok).toBe(verdict.ok)
        // A certificate that is left out, since it leads nowhere, is no longer there to have expired.
        if (kept === honest.kept) expect(essence(verdict)).toBe(essence(honest.verdict))
        seen.set(essence(verdict), (seen.get(essence(verdict)) ?? 0) + 1)
      }),
      { numRuns: 200 },
    )
    // Otherwise the infrastructures are too simple to tell.
    expect(seen.get('accepted')).toBeGreaterThan(40)
    expect(seen.size).toBeGreaterThan(3)
  })
})
