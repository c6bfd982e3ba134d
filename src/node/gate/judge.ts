import { performance } from 'node:perf_hooks'
import { type Acceptance, type Rejection, type Verdict, verifyChain } from '../../path/verify.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import type { Tally } from './counters.ts'
import { currentStore, type GateRules } from './options.ts'

/**
 * How long a verdict on a connection that stays open counts where revocation is checked, in milliseconds: lists change,
 * and run out, by themselves. Judging anew costs a comparison and the checks, no signature of the client's.
 */
const revocationHolds = 1000

/** A good verdict and what it depends on. */
export interface Approval {
  readonly verdict: Acceptance
  readonly store: Truststore
  /** Milliseconds since the epoch: when it was given, and when it is no longer sure. */
  readonly at: number
  readonly until: number
}

/** Judges a chain by the rules as they are now. It throws only where the rules themselves are at fault. */
export function judge(
  rules: GateRules,
  chain: readonly Uint8Array[],
  at: number,
  tally: Tally,
): Approval | { readonly verdict: Rejection } {
  const store = currentStore(rules.truststore)
  const revocation = typeof rules.revocation === 'function' ? rules.revocation() : rules.revocation
  // A function that forgot its result must not switch the check off.
  if (rules.revocation !== undefined && (typeof revocation !== 'object' || revocation === null))
    throw new TypeError('mutualTls: revocation() must give a RevocationCheck')
  const { keyring } = requireTruststore(store, 'mutualTls: truststore')
  const hitsBefore = keyring.memoHits
  const start = performance.now()
  // Whatever purpose the policy has: at the other end of this connection is a client.
  const verdict: Verdict = verifyChain(store, chain, { at, purpose: 'client', ...(revocation !== undefined && { revocation }) })
  tally.verified(performance.now() - start)
  tally.memoHits += keyring.memoHits - hitsBefore
  if (!verdict.ok) return { verdict }
  const ends = Math.min(...verdict.path.map(({ notAfter }) => notAfter.getTime()))
  return { verdict, store, at, until: revocation === undefined ? ends : Math.min(ends, at + revocationHolds) }
}

/** Whether the chain was found good. */
export function isApproval(judged: Approval | { readonly verdict: Rejection }): judged is Approval {
  return judged.verdict.ok
}

/** Whether the verdict is still what judging anew would give. A clock that went back makes it unsure, too. */
export function isSure({ store, at, until }: Approval, { truststore }: GateRules, now: number): boolean {
  return now >= at && now <= until && currentStore(truststore) === store
}
