import { performance } from 'node:perf_hooks'
import { type Acceptance, type Rejection, type Verdict, verifyChain } from '../../path/verify.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { Grounds } from './basis.ts'
import type { Counters } from './counters.ts'
import { currentStore, type GateRules } from './options.ts'

/**
 * How long a verdict on a connection that stays open counts for its requests where revocation is checked, in milliseconds:
 * lists change and go stale on their own. Judging again costs a comparison and the checks, but no signature check of the client's
 * certificate.
 */
const revocationHolds = 1000

/** A good verdict and what it depends on. */
export interface Approval {
  readonly verdict: Acceptance
  readonly store: Truststore
  readonly epoch: number
  /** Milliseconds since the epoch: when it was given, when it is no longer sure, and when a certificate of the path ends. */
  readonly at: number
  readonly until: number
  readonly ends: number
}

/**
 * Judges a chain.
 *
 * @throws TypeError for a value that is not a truststore or list
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
  // Whatever purpose the policy has: at the other end of this connection is a client.
  const verdict: Verdict = verifyChain(store, chain, { at, purpose: 'client', ...(revocation !== undefined && { revocation }) })
  counters.verified(performance.now() - start)
  counters.memoHits += cache.memoHits - hitsBefore
  if (!verdict.ok) return { verdict }
  const ends = endOf(verdict.path, at)
  const until = revocation === undefined ? ends : Math.min(ends, at + revocationHolds)
  return { verdict, store, epoch, at, until, ends }
}

/** Whether the chain was found good. */
export function isApproval(judged: Approval | { readonly verdict: Rejection }): judged is Approval {
  return judged.verdict.ok
}

/**
 * The last millisecond before one of them expires. Certificates that have expired already do not count: a policy may ignore the
 * anchor's dates.
 */
function endOf(path: readonly Certificate[], at: number): number {
  // notAfter names a whole second, which belongs to the validity period (RFC 5280 4.1.2.5).
  return Math.min(...path.map(({ notAfter }) => notAfter.getTime() + 999).filter((end) => end >= at))
}

/** Whether judging again would give the same verdict, for a request. A clock that went back makes it unsure, too. */
export function isSure({ store, at, until }: Approval, { truststore }: GateRules, now: number): boolean {
  return now >= at && now <= until && currentStore(truststore) === store
}

/** The same for an open connection: with revocation it holds until the lists or their dates change. */
export function isUnchanged({ epoch, at, ends }: Approval, grounds: Grounds, now: number): boolean {
  return epoch === grounds.epoch && now >= at && now <= ends
}
