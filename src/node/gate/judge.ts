import { performance } from 'node:perf_hooks'
import { type Acceptance, type Rejection, type Verdict, verifyChain } from '../../path/verify.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { Grounds } from './basis.ts'
import type { Counters } from './counters.ts'
import { currentStore, type GateRules } from './options.ts'

/**
 * How long a verdict holds for the requests of an open connection when revocation is checked, in milliseconds: lists change
 * and go stale by themselves. Verifying again costs a comparison and the revocation checks, but no signature check of the
 * client's certificate.
 */
const revocationHolds = 1000

/** An acceptance and what it depends on. */
export interface Approval {
  readonly verdict: Acceptance
  readonly store: Truststore
  readonly epoch: number
  /**
   * Milliseconds since the epoch: when it was issued, until when it holds, and when the first certificate of the path
   * expires.
   */
  readonly at: number
  readonly until: number
  readonly ends: number
}

/**
 * Verifies a chain.
 *
 * @throws TypeError for an invalid truststore or revocation list
 */
export function judge(
  { store, revocation, epoch }: Grounds,
  chain: readonly Uint8Array[],
  at: number,
  counters: Counters,
): Approval | { readonly verdict: Rejection } {
  const { cache } = requireTruststore(store, 'mutualTls: truststore')
  const hitsBefore = cache.memoHits
  const start = performance.now()
  // Overrides the policy's purpose: the peer of this connection is a client.
  const verdict: Verdict = verifyChain(store, chain, { at, purpose: 'client', ...(revocation !== undefined && { revocation }) })
  counters.verified(performance.now() - start)
  counters.memoHits += cache.memoHits - hitsBefore
  if (!verdict.ok) return { verdict }
  const ends = endOf(verdict.path, at)
  const until = revocation === undefined ? ends : Math.min(ends, at + revocationHolds)
  return { verdict, store, epoch, at, until, ends }
}

/** Whether the chain was accepted. */
export function isApproval(judged: Approval | { readonly verdict: Rejection }): judged is Approval {
  return judged.verdict.ok
}

/**
 * The last millisecond before a certificate of the path expires. Expired ones do not count: a policy may ignore the anchor's
 * dates.
 */
function endOf(path: readonly Certificate[], at: number): number {
  // notAfter names a whole second, all of which is within the validity period (RFC 5280 4.1.2.5).
  return Math.min(...path.map(({ notAfter }) => notAfter.getTime() + 999).filter((end) => end >= at))
}

/** Whether a new verdict would be the same, for a request. Not certain if the clock went back. */
export function isSure({ store, at, until }: Approval, { truststore }: GateRules, now: number): boolean {
  return now >= at && now <= until && currentStore(truststore) === store
}

/** The same for an open connection. With revocation the verdict holds until the lists or their dates change. */
export function isUnchanged({ epoch, at, ends }: Approval, grounds: Grounds, now: number): boolean {
  return epoch === grounds.epoch && now >= at && now <= ends
}
