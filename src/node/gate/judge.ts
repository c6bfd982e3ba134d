import { performance } from 'node:perf_hooks'
import type { RevocationRequest } from '../../path/revocation/revocation-check.ts'
import { type Acceptance, type Rejection, type Verdict, verifyChain } from '../../path/verify.ts'
import type { RevocationCheck } from '../../path/verify-options.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { Source } from '../source/source.ts'
import { type ClientPurpose, fixedPurpose, purposeHoldsUntil } from './client-purpose.ts'
import type { Counters } from './counters.ts'
import { currentStore, type GateRules, requireRevocation } from './gate-options.ts'

/**
 * How long a verdict holds for the requests of an open connection when revocation is checked, in milliseconds: lists change
 * and go stale by themselves. Verifying again costs a comparison and the revocation checks, but no signature check of the
 * client's certificate.
 */
const revocationHoldsMs = 1000

/** An acceptance and what it depends on. */
export interface Approval {
  readonly verdict: Acceptance
  readonly store: Truststore
  readonly epoch: number
  /**
   * Milliseconds since the epoch: when it was issued, until when it holds, and when the first certificate of the path expires
   * or the transition ends that it depends on.
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
  { store, revocation, purpose, epoch }: TrustSnapshot,
  chain: readonly Uint8Array[],
  at: number,
  counters: Counters,
): Approval | { readonly verdict: Rejection } {
  const { cache } = requireTruststore(store, 'mutualTls: truststore')
  const hitsBefore = cache.memoHits
  const start = performance.now()
  // Overrides the policy's purpose: the peer of this connection is a client.
  const verdict: Verdict = verifyChain(store, chain, { at, purpose, ...(revocation !== undefined && { revocation }) })
  counters.verified(performance.now() - start)
  counters.memoHits += cache.memoHits - hitsBefore
  if (!verdict.ok) return { verdict }
  const ends = Math.min(endOf(verdict.path, at), purposeHoldsUntil(purpose, verdict))
  const until = revocation === undefined ? ends : Math.min(ends, at + revocationHoldsMs)
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

/** Whether the verdict still holds for a request. Not if the clock went back. */
export function holdsForRequest({ store, at, until }: Approval, { truststore }: GateRules, now: number): boolean {
  return now >= at && now <= until && currentStore(truststore) === store
}

/** Whether the verdict still holds for an open connection. With revocation it holds until the lists or their dates change. */
export function holdsForConnection({ epoch, at, ends }: Approval, snapshot: TrustSnapshot, now: number): boolean {
  return epoch === snapshot.epoch && now >= at && now <= ends
}

/**
 * With revocation, open connections are verified again after this many milliseconds even without a visible change:
 * certificates of CRL signers expire too, and are not tracked one by one.
 */
const renewMs = 60_000

/** The truststore and revocation lists in force at one moment: a verdict depends on them, the chain and the time. */
export interface TrustSnapshot {
  readonly store: Truststore
  readonly revocation: RevocationCheck | undefined
  readonly purpose: ClientPurpose
  /** Changes whenever earlier verdicts may have become wrong. */
  readonly epoch: number
}

/**
 * One domain of a gate, or the whole gate if it has no `domains`: its rules, and whether its truststore or revocation lists have
 * changed.
 */
export class GateDomain {
  readonly rules: GateRules
  readonly #purpose: ClientPurpose
  #epoch = 0
  #store: Truststore | undefined
  #revocation: readonly unknown[] = []
  #from = 0
  #until = 0

  constructor(rules: GateRules) {
    this.rules = rules
    this.#purpose = fixedPurpose(rules.purpose, 'mutualTls: options.purpose')
  }

  /**
   * The truststore and the revocation lists in force now.
   *
   * @throws whatever the application's functions throw
   */
  snapshot(now: number): TrustSnapshot {
    const store = currentStore(this.rules.truststore)
    const { revocation } = this.rules
    const check = typeof revocation === 'function' ? revocation() : revocation
    // A function that forgets to return must not switch the check off.
    const read = revocation === undefined ? undefined : requireRevocation(check, 'mutualTls: the result of revocation()')
    // A list never changes, but the array that holds it may.
    const parts: readonly unknown[] = read === undefined ? [] : Object.values(read).flat()
    const isSame = store === this.#store && isSameList(parts, this.#revocation) && now >= this.#from && now <= this.#until
    if (!isSame) {
      this.#epoch++
      this.#store = store
      this.#revocation = parts
      this.#from = now
      this.#until = read === undefined ? Infinity : Math.min(nextChange(read, now), now + renewMs)
    }
    return { store, revocation: check, purpose: this.#purpose, epoch: this.#epoch }
  }

  /**
   * Calls the listener when a source swaps its version. Plain truststores are compared in each snapshot.
   *
   * @returns a function that removes the listener
   */
  onSwap(listener: () => void): () => void {
    const { truststore } = this.rules
    return truststore instanceof Source ? truststore.on('updated', listener) : () => undefined
  }
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i])
}

/** The next time at which the clock alone changes a verdict: a list becomes current or goes stale. */
function nextChange({ lists, maxAge }: RevocationRequest, now: number): number {
  let next = Infinity
  for (const { thisUpdateTime, nextUpdateTime = Infinity } of lists) {
    for (const time of [thisUpdateTime - 1, thisUpdateTime + maxAge, nextUpdateTime + 999]) {
      if (time >= now && time < next) next = time
    }
  }
  return next
}
