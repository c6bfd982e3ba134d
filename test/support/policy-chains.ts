import { type PolicyInputs, type Truststore, verifyChain } from '../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from './mint.ts'
import { leaf, presented, root, storeFor } from './rejected-chain.ts'

/** Chains with certificate policies, and the valid policies that a verdict reports. */

export const gold = '1.3.6.1.4.1.99999.1'
export const silver = '1.3.6.1.4.1.99999.2'
export const bronze = '1.3.6.1.4.1.99999.3'
export const any = '2.5.29.32.0'
export const store = storeFor(presented, root)

export function ca(slot: number, issuer: Minted, spec: CertificateSpec): Minted {
  return mint({ ca: true, key: keyPair('p256', 60 + slot), subject: `O=Policies,CN=CA ${slot}`, ...spec }, issuer)
}

/** Policies alone, or all that a certificate says. */
export type Says = readonly string[] | CertificateSpec

export function specOf(says: Says): CertificateSpec {
  return Array.isArray(says) ? { certificatePolicies: says as readonly string[] } : (says as CertificateSpec)
}

/** A chain below the root, written from the top down; the last is the leaf. */
export function chainOf(from: Minted, ...says: readonly Says[]): readonly Minted[] {
  const chain: Minted[] = []
  let issuer = from
  for (const [i, each] of says.slice(0, -1).entries()) {
    issuer = ca(i, issuer, specOf(each))
    chain.unshift(issuer)
  }
  return [leaf(specOf(says.at(-1)!), issuer), ...chain]
}

/** `authority / user` sets, or the code and index of the refusal. */
export function judgeIn(trust: Truststore, chain: readonly Minted[], inputs: PolicyInputs | null = {}): string {
  const verdict = verifyChain(
    trust,
    chain.map(({ der }) => der),
    inputs === null ? {} : { certificatePolicies: inputs },
  )
  if (!verdict.ok) return `${verdict.code} ${verdict.index}`
  const shown = (set: readonly string[] = []): string =>
    set.map((policy) => (policy === any ? 'any' : ['gold', 'silver', 'bronze'][Number(policy.at(-1)) - 1])).join('+')
  return `${shown(verdict.policies?.authorityConstrained)} / ${shown(verdict.policies?.userConstrained)}`
}

export const explicit: PolicyInputs = { requireExplicitPolicy: true }
export const refused = 'policy_violation 0'
