import type { AddressCounters } from './address-limiter.ts'
import type { CloseCode, GateCode } from './refuse.ts'

/** What a gate has done since it was created. A plain snapshot that survives JSON unchanged. */
export interface GateCounters extends AddressCounters {
  /** Accepted connections. */
  readonly accepted: number
  /** Those whose clients are accepted only until a purpose transition ends (`purpose` of the gate). */
  readonly acceptedInTransition: number
  /** Rejected connections, by code. Codes that did not occur are absent. */
  readonly refused: Readonly<Partial<Record<GateCode, number>>>
  /** Rejected requests on accepted connections, by code. */
  readonly refusedRequests: Readonly<Partial<Record<GateCode, number>>>
  /** Connections that resumed a TLS session, accepted or not. */
  readonly resumed: number
  /** Connections that now wait for `authorize`. */
  readonly pending: number
  /** Accepted connections that are open now, including those that are ending. `limits.open` counts all. */
  readonly open: number
  /** Rejected connections that are open now, to be answered. */
  readonly lingering: number
  /** Accepted connections that the gate has ended, by code. */
  readonly ended: Readonly<Partial<Record<CloseCode, number>>>
  /** Verdicts renewed on open connections. */
  readonly rejudged: number
  /** Signatures that were not computed, because the truststore's memo already had the result. */
  readonly memoHits: number
  /** How long `verifyChain` took, in microseconds. */
  readonly verifyMicroseconds: Histogram
}

/** In the format of Prometheus: each bucket includes those below it. `le` is the bucket's upper bound; the last is `+Inf`. */
export interface Histogram {
  readonly buckets: readonly { readonly le: number | '+Inf'; readonly count: number }[]
  readonly sum: number
  readonly count: number
}

const bounds = [25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 50_000, Infinity]

/** Counted elsewhere, because these also go down. */
export type GatePresent = Pick<GateCounters, 'pending' | 'open' | 'lingering'>

/** The counters. */
export class Counters {
  accepted = 0
  acceptedInTransition = 0
  resumed = 0
  rejudged = 0
  memoHits = 0
  readonly #refused = new Map<GateCode, number>()
  readonly #refusedRequests = new Map<GateCode, number>()
  readonly #ended = new Map<CloseCode, number>()
  readonly #counts = new Array<number>(bounds.length).fill(0)
  #sum = 0

  refuseConnection(code: GateCode): void {
    increment(this.#refused, code)
  }

  refuseRequest(code: GateCode): void {
    increment(this.#refusedRequests, code)
  }

  endConnection(code: CloseCode): void {
    increment(this.#ended, code)
  }

  verified(milliseconds: number): void {
    const microseconds = milliseconds * 1000
    this.#sum += microseconds
    const bucket = bounds.findIndex((bound) => microseconds <= bound)
    this.#counts[bucket]!++
  }

  snapshot(present: GatePresent): Omit<GateCounters, keyof AddressCounters> {
    let count = 0
    const buckets = bounds.map((bound, i) => {
      count += this.#counts[i]!
      // As Prometheus writes it: JSON has no Infinity.
      return { le: bound === Infinity ? ('+Inf' as const) : bound, count }
    })
    const { accepted, acceptedInTransition, resumed, rejudged, memoHits } = this
    const sum = this.#sum
    const { pending, open, lingering } = present
    return {
      accepted,
      acceptedInTransition,
      refused: Object.fromEntries(this.#refused),
      refusedRequests: Object.fromEntries(this.#refusedRequests),
      resumed,
      pending,
      open,
      lingering,
      ended: Object.fromEntries(this.#ended),
      rejudged,
      memoHits,
      verifyMicroseconds: { buckets, sum, count },
    }
  }
}

function increment<Code extends CloseCode>(counts: Map<Code, number>, code: Code): void {
  counts.set(code, (counts.get(code) ?? 0) + 1)
}
