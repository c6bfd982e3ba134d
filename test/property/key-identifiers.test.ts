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

/** Key identifiers are hints: neither they nor the order of a bundle change a verdict. Only names and signatures decide. */

type Trust = Policy['trust']

/** Tries every path from the leaf upwards, using only names and the keys that signed. */
function isAccepted({ authorities, leaf }: Infrastructure, isListed: (i: number) => boolean, trust: Trust): boolean {
  const hasPath = ({ issuer, issuerKey }: Infrastructure['leaf'], below: readonly AuthorityRecipe[]): boolean =>
    authorities.some((authority, i) => {
      if (authority.subject !== issuer || authority.key !== issuerKey || below.length === 4) return false
      const counted = below.filter((ca) => ca.subject !== ca.issuer).length
      if (!authority.ca || authority.when !== 'valid' || counted > (authority.pathLength ?? 4)) return false
      const isSelfSigned = authority.subject === authority.issuer && authority.key === authority.issuerKey
      return (isListed(i) && (isSelfSigned || trust !== 'roots')) || hasPath(authority, [...below, authority])
    })
  return hasPath(leaf, [])
}

/** Codes for "no path to an anchor". Which one is reported depends on the key identifiers. */
const noPath: readonly RejectCode[] = ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain', 'signature_mismatch']

function essence(verdict: Verdict): string {
  return verdict.ok ? 'accepted' : noPath.includes(verdict.code) ? 'no path' : verdict.code
}

interface Setting {
  readonly name: string
  readonly policy: Partial<Policy>
  /** Whether the truststore lists the authority with this index. */
  readonly isListed: (i: number) => boolean
  readonly listsLeaf: boolean
}

const settings: readonly Setting[] = [
  { name: 'every CA in the truststore, trusting roots', policy: {}, isListed: () => true, listsLeaf: false },
  { name: 'the same, and the client certificate as well', policy: {}, isListed: () => true, listsLeaf: true },
  {
    name: 'half of the CAs presented by the peer, trusting roots',
    policy: { intermediates: 'presented' },
    isListed: (i) => i % 2 === 0,
    listsLeaf: false,
  },
  {
    name: 'half of the CAs presented by the peer, trusting every CA',
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
        // buildTruststore may leave out a certificate that has no path to a root. It then cannot be reported as expired.
        if (kept === honest.kept) expect(essence(verdict)).toBe(essence(honest.verdict))
        seen.set(essence(verdict), (seen.get(essence(verdict)) ?? 0) + 1)
      }),
      { numRuns: 200 },
    )
    // Otherwise the infrastructures are too simple to prove anything.
    expect(seen.get('accepted')).toBeGreaterThan(40)
    expect(seen.size).toBeGreaterThan(3)
  })
})
