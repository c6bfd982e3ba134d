import type { GateCode } from './codes.ts'
import type { DoorCounters } from './doors.ts'

/** What a gate has done since it was made. A plain object: `JSON.stringify` writes it, and nothing in it changes any more. */
export interface GateCounters extends DoorCounters {
  /** Connections that were let through. */
  readonly accepted: number
  /** Connections that were refused, by code; codes that did not occur are absent. */
  readonly refused: Readonly<Partial<Record<GateCode, number>>>
  /** Requests that were refused on connections that had been let through, by code. */
  readonly refusedRequests: Readonly<Partial<Record<GateCode, number>>>
  /** Connections among all of them that resumed a TLS session. */
  readonly resumed: number
  /** Connections that wait for `authorize` at this moment. */
  readonly pending: number
  /** Verdicts that were renewed on connections that stayed open. */
  readonly rejudged: number
  /** Signatures that the truststore's memo knew already, so that they were not computed. */
  readonly memoHits: number
  /** How long `verifyChain` took, in microseconds. */
  readonly verifyMicroseconds: Histogram
}

/** As Prometheus counts: each bucket includes those below it; `le` is the bucket's upper bound, the last one is Infinity. */
export interface Histogram {
  readonly buckets: readonly { readonly le: number; readonly count: number }[]
  readonly sum: number
  readonly count: number
}

const bounds = [25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 50_000, Infinity]

/** The counters themselves. */
export class Tally {
  accepted = 0
  resumed = 0
  pending = 0
  rejudged = 0
  memoHits = 0
  private readonly refused = new Map<GateCode, number>()
  private readonly refusedRequests = new Map<GateCode, number>()
  private readonly counts = new Array<number>(bounds.length).fill(0)
  private sum = 0

  refuseConnection(code: GateCode): void {
    increment(this.refused, code)
  }

  refuseRequest(code: GateCode): void {
    increment(this.refusedRequests, code)
  }

  verified(milliseconds: number): void {
    const microseconds = milliseconds * 1000
    this.sum += microseconds
    const bucket = bounds.findIndex((bound) => microseconds <= bound)
    this.counts[bucket]!++
  }

  snapshot(): Omit<GateCounters, keyof DoorCounters> {
    let count = 0
    const buckets = bounds.map((le, i) => {
      count += this.counts[i]!
      return { le, count }
    })
    const { accepted, resumed, pending, rejudged, memoHits, sum } = this
    return {
      accepted,
      refused: Object.fromEntries(this.refused),
      refusedRequests: Object.fromEntries(this.refusedRequests),
      resumed,
      pending,
      rejudged,
      memoHits,
      verifyMicroseconds: { buckets, sum, count },
    }
  }
}

function increment(counts: Map<GateCode, number>, code: GateCode): void {
  counts.set(code, (counts.get(code) ?? 0) + 1)
}
