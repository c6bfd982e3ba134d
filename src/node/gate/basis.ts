import type { RevocationCheck } from '../../path/options.ts'
import type { Truststore } from '../../truststore/store.ts'
import { Source } from '../source/source.ts'
import { currentStore, type GateRules } from './options.ts'

/**
 * How long verdicts that depend on revocation lists count on open connections though nothing has been seen to change, in
 * milliseconds: the certificates of those who sign lists end as well, and are not looked at one by one.
 */
const renewAfter = 60_000

const day = 86_400_000

/** What a verdict is based on besides the chain and the time. */
export interface Grounds {
  readonly store: Truststore
  readonly revocation: RevocationCheck | undefined
  /** Another number: verdicts under the one before may have become wrong. */
  readonly epoch: number
}

/** The rules for a connection, and whether what they stand on has changed. */
export class Basis {
  readonly rules: GateRules
  private epoch = 0
  private store: Truststore | undefined = undefined
  private revocation: readonly unknown[] = []
  private from = 0
  private until = 0

  constructor(rules: GateRules) {
    this.rules = rules
  }

  /** The truststore and the lists that serve now. It throws only where the rules themselves are at fault. */
  look(now: number): Grounds {
    const store = currentStore(this.rules.truststore)
    const revocation = currentRevocation(this.rules)
    const parts = revocation === undefined ? [] : partsOf(revocation)
    const isSame = store === this.store && isSameList(parts, this.revocation) && now >= this.from && now <= this.until
    if (!isSame) {
      this.epoch++
      this.store = store
      this.revocation = parts
      this.from = now
      this.until = revocation === undefined ? Infinity : Math.min(nextChange(revocation, now), now + renewAfter)
    }
    return { store, revocation, epoch: this.epoch }
  }

  /**
   * Calls the listener when a source says that another version serves. Truststores that change and do not tell are noticed
   * by looking.
   *
   * @returns what ends it
   */
  onSwap(listener: () => void): () => void {
    const { truststore } = this.rules
    return truststore instanceof Source ? truststore.on('updated', listener) : () => undefined
  }
}

function currentRevocation({ revocation }: GateRules): RevocationCheck | undefined {
  const check = typeof revocation === 'function' ? revocation() : revocation
  // A function that forgot its result must not switch the check off.
  if (revocation !== undefined && (typeof check !== 'object' || check === null))
    throw new TypeError('mutualTls: revocation() must give a RevocationCheck')
  return check
}

/** Everything that a check consists of: lists never change, but the array that they stand in may. */
function partsOf({ lists, depth, unknown, expired, maxAgeDays }: RevocationCheck): readonly unknown[] {
  return [depth, unknown, expired, maxAgeDays, ...lists]
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i])
}

/** When a list begins to count, or no longer does, by the clock alone. */
function nextChange({ lists, maxAgeDays = Infinity }: RevocationCheck, now: number): number {
  let next = Infinity
  for (const { thisUpdate, nextUpdate } of lists) {
    const begins = thisUpdate.getTime()
    for (const time of [begins - 1, begins + maxAgeDays * day, (nextUpdate?.getTime() ?? Infinity) + 999]) {
      if (time >= now && time < next) next = time
    }
  }
  return next
}
